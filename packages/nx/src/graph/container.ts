import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { cleanPath, type NamedInputs } from './context-inputs.js';

/** What a container's own `project.json`, `package.json` or the `targetDefaults` say that the plugin must know before Nx merges. */
export interface ContainerSettings {
  /** Build context from the workspace root; `''` is the root. */
  readonly context: string;
  /** From the workspace root. */
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** The part of a project's configuration that is read. */
export interface ProjectManifest {
  readonly name?: string;
  readonly namedInputs?: NamedInputs;
  readonly targets?: Readonly<Record<string, { readonly options?: Readonly<Record<string, unknown>> }>>;
  /** Of a `package.json`. */
  readonly nx?: {
    readonly name?: string;
    readonly namedInputs?: NamedInputs;
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
  const buildArgs = written.buildArgs;
  return {
    context: path(written.context, options.context),
    dockerfile: path(written.dockerfile, dockerfile),
    buildArgs:
      typeof buildArgs === 'object' && buildArgs !== null
        ? Object.fromEntries(Object.entries(buildArgs).map(([key, value]) => [key, String(value)]))
        : {},
  };
}

function defaultsOf(targetDefaults: unknown, name: string): Record<string, unknown> {
  // Nx 24 also knows a list form with filters; what it says of one target is merged by Nx and seen by the executor.
  if (typeof targetDefaults !== 'object' || targetDefaults === null || Array.isArray(targetDefaults)) return {};
  const entry = (targetDefaults as Record<string, { options?: Record<string, unknown> }>)[name];
  return entry?.options ?? {};
}
