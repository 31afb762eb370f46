import type { Digest, Image, ImageConfig } from '@image-versions/oci';
import { DiffError } from './errors.js';
import type { LayerStore } from './layer/layer-store.js';
import { mergeLayers, type StackedLayer } from './tree/merge.js';
import { layerOrigins } from './tree/origins.js';
import type { FileTree } from './tree/tree.js';

/** The layers of an image from the `from`th on, bottom first. All must be in the store. */
export function stackOf(config: ImageConfig, store: LayerStore, from = 0): StackedLayer[] {
  const origins = layerOrigins(config.diffIds.length, config.history);
  return origins.slice(from).map((layer) => {
    const diffId = config.diffIds[layer.index] as Digest;
    const index = store.get(diffId);
    if (index === undefined) throw new DiffError('failed', `layer ${diffId} was not read`);
    return { index, layer };
  });
}

/** The whole file system of an image; reads the layers that the store does not have. */
export async function readTree(image: Image, store: LayerStore): Promise<FileTree> {
  const { diffIds } = image.config;
  await store.recall(diffIds);
  await store.read(image, diffIds);
  return mergeLayers(stackOf(image.config, store));
}
