import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type VersionsRequest, versionsRequest } from '../plan/fresh.js';
import { imageOf, standingVersion } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import type { ImageTag, ResolveTag } from './early-tags.js';
import { hookError } from './hook-error.js';
import { readWorkspaceImages } from './workspace-images.js';

export interface WorkspaceVersions {
  /** What the version files ask of each container, by its key. */
  readonly requests: ReadonlyMap<string, VersionsRequest>;
  /** What the images stand at that were ever published and are not held. */
  readonly standing: readonly ImageTag[];
  readonly resolve: ResolveTag;
}

/** What the version files say of the containers of the workspace. Throws a `hookError` where they can't be read. */
export async function readWorkspaceVersions(
  workspaceRoot: string,
  dataFolder: string,
  options: Pick<NormalizedPluginOptions, 'versionsFile' | 'varsFile'>,
): Promise<WorkspaceVersions> {
  try {
    const [{ byKey, resolverFor }, state] = await Promise.all([
      readWorkspaceImages(dataFolder),
      readVersionFiles({
        versionsFile: join(workspaceRoot, options.versionsFile),
        varsFile: join(workspaceRoot, options.varsFile),
      }),
    ]);
    const requests = new Map<string, VersionsRequest>();
    const standing: ImageTag[] = [];
    for (const [key, { prefix, image }] of byKey) {
      const request = versionsRequest(imageOf(state, prefix), state.versions, prefix);
      requests.set(key, request);
      const tag = standingVersion(state, prefix);
      if (tag !== undefined && !request.held) standing.push({ image, tag });
    }
    return { requests, standing, resolve: resolverFor(workspaceRoot) };
  } catch (error) {
    throw error instanceof ImageVersionsError ? hookError([error]) : error;
  }
}
