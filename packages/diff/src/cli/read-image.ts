import type { Digest, Image } from '@image-versions/oci';
import { PACKAGE_READERS_VERSION, packageReaders } from '../analyze/readers.js';
import { DiffError } from '../errors.js';
import type { LayerIndex } from '../layer/entry.js';
import { indexLayer } from '../layer/index-layer.js';
import type { Inspectors } from '../layer/inspect.js';
import type { LayerCache } from '../layer/layer-cache.js';
import { needsLayers } from '../report/container-diff.js';
import type { AnalyzedImage, ContainerDiffType } from '../report/container-diff-shapes.js';
import { mergeLayers } from '../tree/merge.js';

export interface ReadOptions {
  readonly types: readonly ContainerDiffType[];
  /** Opens the cache of layer indexes of this version; absent for none. */
  readonly openCache: ((version: string) => LayerCache) | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (bytes: number) => void;
}

const FILES_ONLY: ReadonlySet<ContainerDiffType> = new Set([
  'history',
  'metadata',
  'file',
  'layer',
  'size',
  'sizelayer',
]);

/** Reads of an image what these types look at: its config alone, or its layers too, which are read once and remembered. */
export async function readAnalyzedImage(image: Image, source: string, options: ReadOptions): Promise<AnalyzedImage> {
  const { types, signal } = options;
  const layers = needsLayers(types) ? await readLayerIndexes(image, inspectorsFor(types), options) : [];
  const rawConfig = types.includes('metadata') ? await image.readRawConfig({ signal }) : undefined;
  return {
    source,
    digest: image.manifestDigest ?? image.configDigest,
    layerDigests: image.config.diffIds.map((diffId, at) => image.layers?.[at]?.digest ?? diffId),
    config: rawConfig === undefined ? {} : parseConfig(rawConfig, source),
    history: image.config.history.map((entry) => entry.createdBy ?? ''),
    layers,
    tree: mergeLayers(layers.map((index, at) => ({ index, layer: { index: at, origin: 'unknown' } }))),
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

async function readLayerIndexes(image: Image, inspectors: Inspectors, options: ReadOptions): Promise<LayerIndex[]> {
  const cache = options.openCache?.(inspectors.version);
  const indexes = new Map<Digest, LayerIndex>();
  const missing = new Set<Digest>();
  for (const diffId of new Set(image.config.diffIds)) {
    const known = await cache?.read(diffId);
    if (known) indexes.set(diffId, known);
    else missing.add(diffId);
  }
  if (missing.size > 0) {
    const read = await image.readLayers(missing, (tar) => indexLayer(tar, inspectors), options);
    for (const [diffId, content] of read) {
      const index = { diffId, ...content };
      indexes.set(diffId, index);
      await cache?.write(index);
    }
  }
  return image.config.diffIds.map((diffId) => indexes.get(diffId) as LayerIndex);
}

function parseConfig(bytes: Uint8Array, source: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw new DiffError('failed', `${source}: the config is not JSON`, { cause: error });
  }
}
