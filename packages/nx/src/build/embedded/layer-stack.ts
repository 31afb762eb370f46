import { createPolicy, type LayerEntry, mergeLayers, openLayerStore, stackOf } from '@image-versions/diff';
import type { Digest, Image } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import type { FileEntry } from './files.js';
import { StageFiles } from './stage-files.js';

/** Entries of one layer by path, hard links as such. */
type IndexedEntries = ReadonlyMap<string, LayerEntry>;

/** The layers of an image that others are built on, or copied from. */
export interface LayerStack {
  readonly image: Image;
  /** Bottom to top, as the image's diffIds. */
  readonly indexes: readonly IndexedEntries[];
}

/**
 * Reads what an image has in it. A layer that was indexed before, for a comparison or a build, is not read again: `cacheFolder`.
 */
export async function readStack(
  image: Image,
  options: { readonly cacheFolder?: string; readonly signal?: AbortSignal },
): Promise<StageFiles> {
  const store = openLayerStore(createPolicy(), options);
  const { diffIds } = image.config;
  await store.recall(diffIds);
  await store.read(image, diffIds);
  const layers = stackOf(image.config, store);
  const indexes = layers.map(({ index }) => new Map(index.entries.map((entry) => [entry.path, entry])));
  const stack: LayerStack = { image, indexes };
  const entries = Array.from(mergeLayers(layers).entries, (entry): [string, FileEntry] => [
    entry.path,
    fileEntry(entry, stack, entry.layer.index),
  ]);
  return new StageFiles(entries);
}

function fileEntry(entry: LayerEntry, stack: LayerStack, at: number): FileEntry {
  const { path, type, mode, uid, gid, size, linkTarget, device, xattrs } = entry;
  if (type === 'hardlink') {
    throw new ImageVersionsError('invalid', `${stack.image.name}: /${path} is a hard link to nothing`, {
      hint: 'The image is damaged; build it again.',
    });
  }
  return {
    type,
    mode,
    uid,
    gid,
    size,
    ...(linkTarget !== undefined && type === 'symlink' && { linkTarget }),
    ...(device && { device }),
    ...(xattrs && { xattrs }),
    ...(type === 'file' && { content: { kind: 'layer', stack, at, path } }),
  };
}

/** The layer, and the path in it, that has the bytes of a file: hard links are followed, into lower layers too. */
export function storedAt(stack: LayerStack, at: number, path: string): { diffId: Digest; path: string } {
  let [layer, name] = [at, path];
  while (layer >= 0) {
    const entry = stack.indexes[layer]?.get(name);
    if (entry?.type === 'hardlink' && entry.linkTarget !== undefined && entry.linkTarget !== name) {
      name = entry.linkTarget;
    } else if (entry?.type === 'file') {
      return { diffId: stack.image.config.diffIds[layer] as Digest, path: name };
    } else layer -= 1;
  }
  throw new ImageVersionsError('invalid', `${stack.image.name}: no layer has the content of /${path}`, {
    hint: 'The image is damaged; build it again.',
  });
}
