import type { Digest, Image } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import { Counterparts, type Side } from './counterparts.js';
import type { LayerIndex } from './entry.js';
import { costOfName, EntryPool } from './entry-pool.js';
import { type Depth, FileInspector } from './file-inspector.js';
import { indexLayer } from './index-layer.js';
import type { Inspectors } from './inspect.js';
import type { LayerCache } from './layer-cache.js';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called with the number of bytes read from a source since the last call. */
  readonly onProgress?: (bytes: number) => void;
}

/** Layers of one image. */
interface ImageLayers {
  readonly image: Image;
  readonly diffIds: readonly Digest[];
}

/** The layer indexes of one comparison: each layer is read once, whichever image has it. */
export class LayerStore {
  readonly #indexes = new Map<Digest, LayerIndex>();
  /** Of those, the ones with plain entries. */
  readonly #plain = new Set<Digest>();
  readonly #inspectors: Inspectors;
  readonly #cache: LayerCache | undefined;
  readonly #options: ReadOptions;
  readonly #pool = new EntryPool();
  /** DiffIds by the digests of stored layers. */
  readonly #stored = new Map<Digest, Digest>();

  constructor(inspectors: Inspectors, cache: LayerCache | undefined, options: ReadOptions) {
    this.#inspectors = inspectors;
    this.#cache = cache;
    this.#options = options;
  }

  /** Takes notice of how a repository stores the layers of an image: an engine may have them in the same form. */
  noteStored({ layers = [], config }: Image): void {
    for (const [at, { digest }] of layers.entries()) this.#stored.set(digest, config.diffIds[at] as Digest);
  }

  get(diffId: Digest): LayerIndex | undefined {
    return this.#indexes.get(diffId);
  }

  /** Whether these layers are known, with normal forms or without. */
  has(diffIds: readonly Digest[]): boolean {
    return diffIds.every((diffId) => this.#indexes.has(diffId));
  }

  /** Whether these layers are known with all normal forms. */
  hasWhole(diffIds: readonly Digest[]): boolean {
    return diffIds.every((diffId) => this.#indexes.has(diffId) && !this.#plain.has(diffId));
  }

  /** Takes what the cache has of these layers. Throws `limit` where all layers of the comparison are too much. */
  async recall(diffIds: readonly Digest[]): Promise<void> {
    const cache = this.#cache;
    if (cache === undefined) return;
    for (const diffId of new Set(diffIds)) {
      const index = this.#indexes.has(diffId) ? undefined : await cache.read(diffId);
      if (index === undefined) continue;
      for (const path of [...index.whiteouts, ...index.opaque]) this.#pool.spend(costOfName(path));
      this.#keep({ ...index, entries: index.entries.map((entry) => this.#pool.keep(entry)) });
    }
  }

  /**
   * Reads from `image` those of these layers that are not known whole, and of them those in `plain` without their normal forms, where
   * the source says beforehand which layer comes. Errors of the source and of `indexLayer` pass through.
   */
  async read(image: Image, diffIds: readonly Digest[], plain: readonly Digest[] = []): Promise<void> {
    const missing = diffIds.filter((diffId) => !this.hasWhole([diffId]));
    const depthOf = (diffId?: Digest) => (diffId !== undefined && plain.includes(diffId) ? 'plain' : 'whole');
    await this.#write(await this.#readLayers(image, missing, depthOf));
  }

  /**
   * Reads those of these layers that are not known, of both images at the same time. Files that both have, byte for byte, are plain
   * then, where they come at about the same time. Errors as `read`.
   */
  async readPair(before: ImageLayers, after: ImageLayers): Promise<void> {
    const counterparts = new Counterparts();
    const readSide = async ({ image, diffIds }: ImageLayers, side: Side) => {
      const missing = diffIds.filter((diffId) => !this.has([diffId]));
      const read = await this.#readLayers(image, missing, () => ({ side, counterparts }));
      counterparts.end(side);
      return read;
    };
    const read = await Promise.all([readSide(before, 'before'), readSide(after, 'after')]);
    await this.#write(read.flat());
  }

  /**
   * Reads again, whole, those layers of the images in which a file of these contents is plain. Errors as `read`, and `failed` where
   * none has one.
   */
  async complete(images: readonly Image[], contents: ReadonlySet<Digest>): Promise<void> {
    const isWanted = (diffId: Digest) =>
      this.#plain.has(diffId) &&
      this.#indexes.get(diffId)?.entries.some(({ isPlain, digest }) => isPlain && digest && contents.has(digest)) ===
        true;
    let isFound = false;
    for (const image of images) {
      const wanted = image.config.diffIds.filter(isWanted);
      isFound ||= wanted.length > 0;
      await this.read(image, wanted);
    }
    if (!isFound)
      throw new DiffError('failed', 'layer: a file whose normal form is missing is in no layer of the images');
  }

  async #readLayers(
    image: Image,
    diffIds: readonly Digest[],
    depthOf: (diffId?: Digest) => Depth,
  ): Promise<LayerIndex[]> {
    if (diffIds.length === 0) return [];
    const contents = await image.readLayers(
      new Set(diffIds),
      (tar, expected) =>
        indexLayer(tar, new FileInspector(this.#inspectors, this.#pool, depthOf(expected)), this.#pool),
      { ...this.#options, storedLayers: this.#stored },
    );
    return [...contents].map(([diffId, content]) => ({ diffId, ...content }));
  }

  async #write(indexes: readonly LayerIndex[]): Promise<void> {
    for (const index of indexes) this.#keep(index);
    await Promise.all(indexes.map((index) => this.#cache?.write(index)));
  }

  #keep(index: LayerIndex): void {
    this.#indexes.set(index.diffId, index);
    if (index.entries.some(({ isPlain }) => isPlain)) this.#plain.add(index.diffId);
    else this.#plain.delete(index.diffId);
  }
}
