import type { Image } from '@image-versions/oci';
import { PACKAGE_READERS_VERSION, packageReaders } from '../analyze/readers.js';
import { DiffError } from '../errors.js';
import { readTree } from '../image-tree.js';
import type { LayerIndex } from '../layer/entry.js';
import type { Inspectors } from '../layer/inspect.js';
import type { LayerCache } from '../layer/layer-cache.js';
import { LayerStore, type ReadOptions } from '../layer/layer-store.js';
import { needsLayers } from '../report/container-diff.js';
import type { AnalyzedImage, ContainerDiffType } from '../report/container-diff-shapes.js';
import { mergeLayers } from '../tree/merge.js';

const FILES_ONLY: ReadonlySet<ContainerDiffType> = new Set([
  'history',
  'metadata',
  'file',
  'layer',
  'size',
  'sizelayer',
]);

/** Layer indexes as these types want them, for all images of one command; with a cache, also from earlier ones. */
export function openStore(
  types: readonly ContainerDiffType[],
  openCache: ((version: string) => LayerCache) | undefined,
  options: ReadOptions,
): LayerStore {
  const inspectors = inspectorsFor(types);
  return new LayerStore(inspectors, openCache?.(inspectors.version), options);
}

/** Reads of an image what these types look at: its config alone, or its layers too, each of which is read once. */
export async function readAnalyzedImage(
  image: Image,
  source: string,
  types: readonly ContainerDiffType[],
  store: LayerStore,
  signal: AbortSignal,
): Promise<AnalyzedImage> {
  const tree = needsLayers(types) ? await readTree(image, store) : mergeLayers([]);
  const layers = needsLayers(types) ? image.config.diffIds.map((diffId) => store.get(diffId) as LayerIndex) : [];
  const rawConfig = types.includes('metadata') ? await image.readRawConfig({ signal }) : undefined;
  return {
    source,
    digest: image.manifestDigest ?? image.configDigest ?? '',
    layerDigests: image.config.diffIds.map((diffId, at) => image.layers?.[at]?.digest ?? diffId),
    config: rawConfig === undefined ? {} : parseConfig(rawConfig, source),
    history: image.config.history.map((entry) => entry.createdBy ?? ''),
    layers,
    tree,
  };
}

function inspectorsFor(types: readonly ContainerDiffType[]): Inspectors {
  const readers = types.every((type) => FILES_ONLY.has(type)) ? [] : packageReaders;
  return {
    version: readers.length === 0 ? 'files' : `packages-${PACKAGE_READERS_VERSION}`,
    normalizers: [],
    packageReaders: readers,
  };
}

function parseConfig(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new DiffError('failed', `${source}: the config is not JSON`, { cause: error });
  }
}
