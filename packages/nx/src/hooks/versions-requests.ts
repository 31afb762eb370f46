import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { type ContainerNode, readContainerNodes } from '../graph/nx-graph.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type VersionsRequest, versionsRequest } from '../plan/fresh.js';
import { imageOf } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import { hookError } from './hook-error.js';
import { readWorkspaceImages } from './workspace-images.js';

/**
 * What the version files ask of each container of the workspace, by its key. Throws a `hookError` where they can't be read, or where
 * a container lacks inputs of the plugin.
 */
export async function versionsRequests(
  workspaceRoot: string,
  dataFolder: string,
  options: Pick<NormalizedPluginOptions, 'versionsFile' | 'varsFile'>,
): Promise<Map<string, VersionsRequest>> {
  try {
    checkInputs(await readContainerNodes(dataFolder));
    const [{ byKey }, state] = await Promise.all([
      readWorkspaceImages(dataFolder),
      readVersionFiles({
        versionsFile: join(workspaceRoot, options.versionsFile),
        varsFile: join(workspaceRoot, options.varsFile),
      }),
    ]);
    return new Map(
      [...byKey].map(([key, { prefix }]) => [key, versionsRequest(imageOf(state, prefix), state.versions, prefix)]),
    );
  } catch (error) {
    throw error instanceof ImageVersionsError ? hookError([error]) : error;
  }
}

/** Inputs that are written replace those of the plugin: then a change would not be seen, and a dry run come from the cache. */
function checkInputs(nodes: readonly ContainerNode[]): void {
  const wrong = nodes.filter(({ lacksInputs }) => lacksInputs);
  if (wrong.length === 0) return;
  const named = wrong.map(({ project, publishTarget }) => `${project}:${publishTarget}`).join(', ');
  throw new ImageVersionsError(
    'invalid',
    `Inputs of ${named}: expected those of the plugin; they were replaced, by the project or by targetDefaults, so that changes would be missed`,
    {
      hint: 'Leave inputs out. Name further files in the namedInputs of the project: "default": ["{projectRoot}/**/*", "{workspaceRoot}/shared/**/*"].',
    },
  );
}
