import type { TargetConfiguration } from '@nx/devkit';
import { packageName, recordsFolder } from '../options/names.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';

/**
 * The project of the internal `pins` target. It has a root of its own, which need not exist: Nx 24 takes a changed lockfile or
 * `package.json` for a change of the project in whose root it lies, and from there to all that reads its outputs.
 */
export const pinsProject = { name: 'image-versions-pins', root: '.image-versions' } as const;

/** The targets of the versions project that this release of the package has. */
export function versionsTargets(options: NormalizedPluginOptions): Record<string, TargetConfiguration> {
  return {
    [options.targets.versions]: {
      executor: `${packageName}:image-versions`,
      cache: false,
      options: files(options),
      inputs: inputs(options),
      metadata: { description: 'Prints each image and the version it stands at' },
    },
  };
}

/** What the `pins` target is said to write. It never does: what the version files ask of an image is in the image's own token. */
export const pinsOutput = `${recordsFolder}/pins`;

/** A task that does nothing, through which Nx 24 selects the images that a change of the version files may concern. */
export function pinsTarget(options: NormalizedPluginOptions): Record<string, TargetConfiguration> {
  return {
    [options.targets.pins]: {
      executor: 'nx:noop',
      cache: true,
      inputs: inputs(options),
      outputs: [`{workspaceRoot}/${pinsOutput}`],
      metadata: { description: 'Internal: lets nx affected see a change of the version files' },
    },
  };
}

function files({ versionsFile, varsFile }: NormalizedPluginOptions): Record<string, string> {
  return { versionsFile, varsFile };
}

/** `externalDependencies: []` keeps Nx from adding every package of the lockfile. */
function inputs({ versionsFile, varsFile }: NormalizedPluginOptions): NonNullable<TargetConfiguration['inputs']> {
  return [`{workspaceRoot}/${versionsFile}`, `{workspaceRoot}/${varsFile}`, { externalDependencies: [] }];
}
