import { type BuilderName, builderNames, type NormalizedPluginOptions } from '../options/plugin-options.js';
import { cleanPath } from './context-inputs.js';
import { publishDefaults } from './target-defaults.js';
import { mergeTargets, plainOptions, type WrittenTarget } from './written-target.js';

/** What a container's own `project.json`, `package.json` or the `targetDefaults` say that the plugin must know before Nx merges. */
export interface ContainerSettings {
  readonly builder: BuilderName;
  /** Build context from the workspace root; `''` is the root. */
  readonly context: string;
  /** From the workspace root. */
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Further build contexts by name, as written. */
  readonly buildContexts: Readonly<Record<string, string>>;
}

/** The part of a project's configuration that is read. */
export interface ProjectManifest {
  readonly name?: string;
  readonly targets?: Readonly<Record<string, WrittenTarget>>;
  /** Of a `package.json`. */
  readonly nx?: {
    readonly name?: string;
    readonly targets?: Readonly<Record<string, WrittenTarget>>;
  };
}

export interface Manifests {
  readonly projectJson?: ProjectManifest;
  readonly packageJson?: ProjectManifest;
}

/**
 * Settings of one container, as Nx will merge them: plugin, then `targetDefaults`, then `package.json`, then `project.json`; in each
 * the options, and in what comes of them those of the default configuration. Only its publish target counts: the other targets take
 * theirs from there. `name` is that of the project, where it is known.
 */
export async function containerSettings(
  dockerfile: string,
  {
    root,
    name,
    manifests,
  }: { readonly root: string; readonly name: string | undefined; readonly manifests: Manifests },
  targetDefaults: unknown,
  options: NormalizedPluginOptions,
): Promise<ContainerSettings> {
  const target = options.targets.publish;
  const written = plainOptions(
    mergeTargets([
      ...(await publishDefaults(targetDefaults, target)),
      manifests.packageJson?.nx?.targets?.[target],
      manifests.projectJson?.targets?.[target],
    ]),
  );
  const expand = (text: string) => {
    const path = text.replace(/^\{workspaceRoot\}\/?/, '').replaceAll('{projectRoot}', root);
    return name === undefined ? path : path.replaceAll('{projectName}', name);
  };
  const path = (value: unknown, fallback: string) => cleanPath(expand(typeof value === 'string' ? value : fallback));
  // One that is not known is the executor's to report.
  const builder = builderNames.find((known) => known === written.builder) ?? options.builder;
  return {
    builder,
    context: path(written.context, options.context),
    dockerfile: path(written.dockerfile, dockerfile),
    buildArgs: texts(written.buildArgs, expand),
    buildContexts: texts(written.buildContexts, expand),
  };
}

/** Values as texts, in which `expand` fills in what Nx would, such as `{projectRoot}`. */
function texts(written: unknown, expand: (text: string) => string): Record<string, string> {
  if (typeof written !== 'object' || written === null) return {};
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, expand(String(value))]));
}
