import { ImageVersionsError } from '../errors.js';
import { readContainerNodes } from '../graph/nx-graph.js';
import { type Container, normalizeContainer } from '../options/container-options.js';
import { openImageRepository } from '../options/open-repository.js';
import { checkNames } from '../store/image-state.js';
import { checkPrefixes, prefixOf } from '../store/prefix.js';
import type { ContainerImage } from '../store/state.js';
import type { ResolveTag } from './early-tags.js';

export interface WorkspaceImages {
  readonly images: readonly ContainerImage[];
  /** The same by the key of their container; see `containerKey`. */
  readonly byKey: ReadonlyMap<string, ContainerImage>;
  resolverFor(workspaceRoot: string): ResolveTag;
}

/**
 * All containers of the workspace, from the graph that Nx last made. Error `invalid` if two of them share a prefix or an image, or
 * one has a name that the version files do not take.
 */
export async function readWorkspaceImages(dataFolder: string): Promise<WorkspaceImages> {
  const containers = (await readContainerNodes(dataFolder)).map(({ project, root, options }) =>
    normalizeContainer(project, root, options),
  );
  const byKey = new Map(
    containers.map((container): [string, ContainerImage] => {
      const { key, project, image } = container;
      return [key, { project, prefix: prefixOf(container), image }];
    }),
  );
  const images = [...byKey.values()];
  for (const image of images) checkNames(image);
  checkPrefixes(images);
  checkImages(images);
  const byImage = new Map<string, Container>(containers.map((container) => [container.image, container]));
  return {
    images,
    byKey,
    resolverFor: (workspaceRoot) => async (image, tag) => {
      const container = byImage.get(image);
      if (!container) return undefined;
      return (await (await openImageRepository(workspaceRoot, container)).resolve(tag))?.digest;
    },
  };
}

/** Error `invalid`, which names both, if two projects publish under one name: a tag there can be only one of them. */
function checkImages(images: readonly ContainerImage[]): void {
  const owners = new Map<string, string>();
  for (const { project, image } of images) {
    const owner = owners.get(image);
    if (owner !== undefined) {
      throw new ImageVersionsError('invalid', `Projects ${owner} and ${project} both publish ${image}`, {
        hint: `Set imageName in the publish-image options of ${owner} or ${project}.`,
      });
    }
    owners.set(image, project);
  }
}
