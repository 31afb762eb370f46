import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { type ContainerNode, readContainerNodes } from '../graph/nx-graph.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type VersionsRequest, versionsRequest } from '../plan/fresh.js';
import { imageOf, standingVersion } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import type { ImageTag, ResolveTag } from './early-tags.js';
import { readWorkspaceImages } from './workspace-images.js';

export interface WorkspaceVersions {
  /** What the version files ask of each container, by its key. */
  readonly requests: ReadonlyMap<string, VersionsRequest>;
  /** What the images stand at that were ever published and are not held. */
  readonly standing: readonly ImageTag[];
  readonly resolve: ResolveTag;
}

/**
 * What the version files say of the containers of the workspace. Errors `invalid` and `environment` where they can't be read, and `invalid` where a
 * container lacks inputs of the plugin.
 */
export async function readWorkspaceVersions(
  workspaceRoot: string,
  dataFolder: string,
  options: Pick<NormalizedPluginOptions, 'versionsFile' | 'varsFile'>,
): Promise<WorkspaceVersions> {
  checkInputs(await readContainerNodes(dataFolder));
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
