import type { Digest, Image } from '@image-versions/oci';
import type { LayerIndex } from './entry.js';
import { costOfEntry, costOfEvidence, costOfName, IndexBudget } from './index-budget.js';
import { indexLayer } from './index-layer.js';
import type { Inspectors } from './inspect.js';
import type { LayerCache } from './layer-cache.js';

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Called with the number of bytes read from a source since the last call. */
  readonly onProgress?: (bytes: number) => void;
}

/** The layer indexes of one comparison: each layer is read once, whichever image has it. */
export class LayerStore {
  readonly #indexes = new Map<Digest, LayerIndex>();
  readonly #inspectors: Inspectors;
  readonly #cache: LayerCache | undefined;
  readonly #options: ReadOptions;
  readonly #budget = new IndexBudget();

  constructor(inspectors: Inspectors, cache: LayerCache | undefined, options: ReadOptions) {
    this.#inspectors = inspectors;
    this.#cache = cache;
    this.#options = options;
  }

  get(diffId: Digest): LayerIndex | undefined {
    return this.#indexes.get(diffId);
  }

  has(diffIds: readonly Digest[]): boolean {
    return diffIds.every((diffId) => this.#indexes.has(diffId));
  }

  /** Takes what the cache has of these layers. Throws `limit` where all layers of the comparison are too much. */
  async recall(diffIds: readonly Digest[]): Promise<void> {
    const cache = this.#cache;
    if (cache === undefined) return;
    for (const diffId of new Set(diffIds)) {
      const index = this.#indexes.has(diffId) ? undefined : await cache.read(diffId);
      if (index === undefined) continue;
      this.#spend(index);
      this.#indexes.set(diffId, index);
    }
  }

  /** Reads from `image` those of these layers that are not known yet. Errors of the source and of `indexLayer` pass through. */
  async read(image: Image, diffIds: readonly Digest[]): Promise<void> {
    const missing = new Set(diffIds.filter((diffId) => !this.#indexes.has(diffId)));
    if (missing.size === 0) return;
    const contents = await image.readLayers(
      missing,
      (tar) => indexLayer(tar, this.#inspectors, this.#budget),
      this.#options,
    );
    const read = [...contents].map(([diffId, content]): LayerIndex => ({ diffId, ...content }));
    for (const index of read) this.#indexes.set(index.diffId, index);
    await Promise.all(read.map((index) => this.#cache?.write(index)));
  }

  /** For an index that was read another time, what reading it now would. */
  #spend({ entries, whiteouts, opaque }: LayerIndex): void {
    for (const entry of entries) this.#budget.spend(costOfEntry(entry) + costOfEvidence(entry));
    for (const path of [...whiteouts, ...opaque]) this.#budget.spend(costOfName(path));
  }
}
