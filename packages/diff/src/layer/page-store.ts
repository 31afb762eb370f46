const PAGE_BYTES = 2048;
/** A content that would take more of the room than this is not taken. */
const LARGEST_SHARE = 1 / 4;

/** Where a content lies; see `PageStore.put`. */
export interface Kept {
  readonly pages: readonly number[];
  readonly length: number;
}

/**
 * Keeps many small contents for a while in memory that is taken once: buffers of their own would pile up until the garbage collector
 * comes for them, which is late.
 */
export class PageStore {
  readonly #sizeBytes: number;
  #memory: Buffer | undefined;
  readonly #free: number[];

  /** `sizeBytes`: room for all contents together. */
  constructor(sizeBytes: number) {
    this.#sizeBytes = sizeBytes;
    this.#free = Array.from({ length: Math.floor(sizeBytes / PAGE_BYTES) }, (_, at) => at).reverse();
  }

  /** A copy is kept until `drop`; `undefined` where there is no room. */
  put(bytes: Uint8Array): Kept | undefined {
    const count = Math.ceil(bytes.byteLength / PAGE_BYTES);
    if (bytes.byteLength > LARGEST_SHARE * this.#sizeBytes || count > this.#free.length) return undefined;
    this.#memory ??= Buffer.allocUnsafeSlow(this.#sizeBytes);
    const pages = this.#free.splice(this.#free.length - count);
    for (const [at, page] of pages.entries()) {
      this.#memory.set(bytes.subarray(at * PAGE_BYTES, (at + 1) * PAGE_BYTES), page * PAGE_BYTES);
    }
    return { pages, length: bytes.byteLength };
  }

  /** The content, in one piece. */
  get({ pages, length }: Kept): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (const [at, page] of pages.entries()) {
      this.#memory?.copy(bytes, at * PAGE_BYTES, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
    }
    return bytes;
  }

  drop({ pages }: Kept): void {
    this.#free.push(...pages);
  }
}
