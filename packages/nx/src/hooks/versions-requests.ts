import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type VersionsRequest, versionsRequest } from '../plan/fresh.js';
import { imageOf } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import { hookError } from './hook-error.js';
import { readWorkspaceImages } from './workspace-images.js';

/** What the version files ask of each container of the workspace, by its key. Throws a `hookError` where they can't be read. */
export async function versionsRequests(
  workspaceRoot: string,
  dataFolder: string,
  options: Pick<NormalizedPluginOptions, 'versionsFile' | 'varsFile'>,
): Promise<Map<string, VersionsRequest>> {
  try {
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
