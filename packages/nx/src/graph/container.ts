import { publishExecutor } from '../options/container-key.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { cleanPath } from './context-inputs.js';

/** What a container's own `project.json`, `package.json` or the `targetDefaults` say that the plugin must know before Nx merges. */
export interface ContainerSettings {
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
  readonly targets?: Readonly<Record<string, { readonly options?: Readonly<Record<string, unknown>> }>>;
  /** Of a `package.json`. */
  readonly nx?: {
    readonly name?: string;
    readonly targets?: Readonly<Record<string, { readonly options?: Readonly<Record<string, unknown>> }>>;
  };
}

export interface Manifests {
  readonly projectJson?: ProjectManifest;
  readonly packageJson?: ProjectManifest;
}

/**
 * Settings of one container, as Nx will merge them: plugin, then `targetDefaults`, then `package.json`, then `project.json`.
 * Only the options of its publish target count: the other targets take theirs from there.
 */
export function containerSettings(
  dockerfile: string,
  root: string,
  manifests: Manifests,
  targetDefaults: unknown,
  options: NormalizedPluginOptions,
): ContainerSettings {
  const name = options.targets.publish;
  const written: Record<string, unknown> = {
    ...defaultsOf(targetDefaults, name),
    ...manifests.packageJson?.nx?.targets?.[name]?.options,
    ...manifests.projectJson?.targets?.[name]?.options,
  };
  const path = (value: unknown, fallback: string) =>
    cleanPath(
      (typeof value === 'string' ? value : fallback)
        .replaceAll('{projectRoot}', root)
        .replaceAll('{workspaceRoot}', ''),
    );
  return {
    context: path(written.context, options.context),
    dockerfile: path(written.dockerfile, dockerfile),
    buildArgs: texts(written.buildArgs),
    buildContexts: texts(written.buildContexts),
  };
}

function texts(written: unknown): Record<string, string> {
  if (typeof written !== 'object' || written === null) return {};
  return Object.fromEntries(Object.entries(written).map(([key, value]) => [key, String(value)]));
}

/** Of one target Nx takes the defaults of its executor, else those of its name. */
function defaultsOf(targetDefaults: unknown, name: string): Record<string, unknown> {
  if (typeof targetDefaults !== 'object' || targetDefaults === null) return {};
  const defaults = targetDefaults as Record<string, TargetDefault | readonly TargetDefault[]>;
  const entry = defaults[publishExecutor] ?? defaults[name] ?? [];
  // Nx 24 knows lists, too. Which projects a filter is for is Nx's to say, and the executor's to see.
  const entries = [entry].flat() as readonly TargetDefault[];
  return Object.assign({}, ...entries.filter(({ filter }) => filter === undefined).map(({ options }) => options));
}

interface TargetDefault {
  readonly filter?: unknown;
  readonly options?: Record<string, unknown>;
}
