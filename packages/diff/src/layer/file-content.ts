import { createHash, type Hash } from 'node:crypto';
import type { TarContentHandler } from '@image-versions/oci';
import pLimit from 'p-limit';
import type { LayerEntry } from './entry.js';
import { type FileContent, type FileInspector, MAX_INSPECTED_BYTES, type Wanted } from './file-inspector.js';
import { flatDigest } from './flat-digest.js';
import type { FileHead } from './inspect.js';

/** Files up to this many bytes are held in memory without asking; of larger ones the process holds one at a time. */
const SMALL_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 512;

/** Process-wide, since two layers and two images are read at once. */
const oneLargeFile = pLimit(1);

/**
 * Where the one large file lies. Used again for the next, since the garbage collector is slow to free such sizes; of its
 * memory only as much is taken as the largest file so far has filled.
 */
let largeBuffer: Buffer | undefined;

/** Takes a file's content once, in chunks, and makes of it what the index keeps. */
export class FileContentReader implements TarContentHandler {
  readonly #file: Omit<FileHead, 'head'>;
  readonly #inspector: FileInspector;
  readonly #add: (content: FileContent) => LayerEntry;
  /** Of a file that comes in chunks shorter than a head: what came so far. */
  #start: Buffer | undefined;
  #isReady = false;
  /** Whether all of the head has come, and with it who wants the file. */
  #isBegun = false;
  #wanted: Wanted | undefined;
  /** Of a file that nobody wants, in several chunks. */
  #hash: Hash | undefined;
  /** Of one that somebody wants, in several chunks. */
  #bytes: Buffer | undefined;
  #filled = 0;
  #free: (() => void) | undefined;

  /** `add` is called at the end of the content, and gives the entry as it is kept. Call `close` where the end may not have come. */
  constructor(file: Omit<FileHead, 'head'>, inspector: FileInspector, add: (content: FileContent) => LayerEntry) {
    this.#file = file;
    this.#inspector = inspector;
    this.#add = add;
  }

  data(chunk: Uint8Array): void | Promise<void> {
    const ready = this.#isReady ? undefined : this.#inspector.ready();
    this.#isReady = true;
    if (ready !== undefined) return ready.then(() => this.data(chunk));
    if (this.#isBegun) return this.#take(chunk);
    const start = this.#start === undefined ? chunk : Buffer.concat([this.#start, chunk]);
    const { size } = this.#file;
    if (start.byteLength === size) return this.#finish(start);
    if (start.byteLength < HEAD_BYTES) {
      this.#start = Buffer.from(start);
      return;
    }
    this.#isBegun = true;
    this.#wanted = this.#inspector.wants(headOf(this.#file, start));
    if (this.#wanted === undefined) this.#hash = createHash('sha256');
    else if (size <= SMALL_BYTES) this.#bytes = Buffer.allocUnsafeSlow(size);
    else return this.#takeLargeBuffer().then(() => this.#take(start));
    this.#take(start);
  }

  end(): void {
    if (this.#hash !== undefined) this.#add({ digest: flatDigest(this.#hash.digest('hex')) });
    else if (this.#bytes !== undefined) this.#finish(this.#bytes.subarray(0, this.#filled));
    else if (this.#file.size === 0) this.#finish(new Uint8Array(0));
    this.close();
  }

  /** Lets the next large file be held; harmless where none was. */
  close(): void {
    this.#bytes = undefined;
    this.#free?.();
  }

  #take(chunk: Uint8Array): void {
    if (this.#hash !== undefined) this.#hash.update(chunk);
    else this.#bytes?.set(chunk, this.#filled);
    this.#filled += chunk.byteLength;
  }

  /** With all of it in one piece. */
  #finish(bytes: Uint8Array): void {
    this.#inspector.inspect(headOf(this.#file, bytes), bytes, this.#wanted, this.#add);
  }

  /** Settles when this is the one large file in memory. */
  #takeLargeBuffer(): Promise<void> {
    return new Promise((held) => {
      void oneLargeFile(
        () =>
          new Promise<void>((free) => {
            this.#free = free;
            largeBuffer ??= Buffer.allocUnsafeSlow(MAX_INSPECTED_BYTES);
            this.#bytes = largeBuffer;
            held();
          }),
      );
    });
  }
}

function headOf(file: Omit<FileHead, 'head'>, start: Uint8Array): FileHead {
  return { ...file, head: start.subarray(0, HEAD_BYTES) };
}
