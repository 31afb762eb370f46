import type { Digest, Image } from '@image-versions/oci';
import type { LayerEntry, LayerIndex } from './entry.js';
import { FileInspector } from './file-inspector.js';
import { costOfName, IndexBudget } from './index-budget.js';
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
  /** Of those, the ones without normal forms. */
  readonly #plain = new Set<Digest>();
  readonly #inspector: FileInspector;
  readonly #plainInspector: FileInspector;
  readonly #cache: LayerCache | undefined;
  readonly #options: ReadOptions;
  readonly #budget = new IndexBudget();

  constructor(inspectors: Inspectors, cache: LayerCache | undefined, options: ReadOptions) {
    this.#inspector = new FileInspector(inspectors);
    this.#plainInspector =
      inspectors.normalizers.length > 0 ? new FileInspector({ ...inspectors, normalizers: [] }) : this.#inspector;
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
      for (const path of [...index.whiteouts, ...index.opaque]) this.#budget.spend(costOfName(path));
      this.#indexes.set(diffId, { ...index, entries: index.entries.map((entry) => this.#budget.keep(entry)) });
    }
  }

  /** Whether normal forms are missing in any layer. */
  get hasPlain(): boolean {
    return this.#plain.size > 0;
  }

  /** The entries of the layers that were read without normal forms. */
  plainEntries(): LayerEntry[] {
    return [...this.#plain].flatMap((diffId) => this.#indexes.get(diffId)?.entries ?? []);
  }

  /** Forgets the layers that were read without normal forms, so that `read` reads them again. */
  dropPlain(): void {
    for (const diffId of this.#plain) this.#indexes.delete(diffId);
    this.#plain.clear();
  }

  /**
   * Reads from `image` those of these layers that are not known yet. Those in `plain` without their normal forms, which take
   * most of the time, where the source says beforehand which layer comes; they are not cached.
   * Errors of the source and of `indexLayer` pass through.
   */
  async read(image: Image, diffIds: readonly Digest[], plain: readonly Digest[] = []): Promise<void> {
    const missing = new Set(diffIds.filter((diffId) => !this.#indexes.has(diffId)));
    if (missing.size === 0) return;
    const contents = await image.readLayers(
      missing,
      async (tar, expected) => {
        const inspector = expected !== undefined && plain.includes(expected) ? this.#plainInspector : this.#inspector;
        return { isPlain: inspector !== this.#inspector, content: await indexLayer(tar, inspector, this.#budget) };
      },
      this.#options,
    );
    const whole: LayerIndex[] = [];
    for (const [diffId, { isPlain, content }] of contents) {
      const index: LayerIndex = { diffId, ...content };
      this.#indexes.set(diffId, index);
      if (isPlain) this.#plain.add(diffId);
      else whole.push(index);
    }
    await Promise.all(whole.map((index) => this.#cache?.write(index)));
  }
}
