import { createHash, type Hash, hash as hashOf } from 'node:crypto';
import type { Digest, TarContentHandler } from '@image-versions/oci';
import pLimit from 'p-limit';
import type { NormalForm, PackageFact } from './entry.js';
import type { ContentNormalizer, FileHead, Inspectors, PackageReader } from './inspect.js';

/** Largest content given to an inspector, in bytes; a larger file has no normal form and is compared by its bytes. */
export const MAX_INSPECTED_BYTES = 128 * 1024 * 1024;

/** Files up to this many bytes are held in memory without asking; of larger ones the process holds one at a time. */
const SMALL_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 512;
const EMPTY: Digest = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Process-wide, since two layers and two images are read at once. */
const oneLargeFile = pLimit(1);

/**
 * Where the one large file lies. Used again for the next, since the garbage collector is slow to free such sizes; of its
 * memory only as much is taken as the largest file so far has filled.
 */
let largeBuffer: Buffer | undefined;

/** What the index keeps of a file's content. */
export interface FileContent {
  readonly digest: Digest;
  readonly normal?: NormalForm;
  readonly packages?: readonly PackageFact[];
}

interface Wanted {
  readonly normalizers: readonly ContentNormalizer[];
  readonly readers: readonly PackageReader[];
}

/**
 * Takes a file's content once, in chunks, and makes of it what the index keeps: its digest, and what the inspectors that want it
 * make of it. An inspector that throws is one that did not understand the content: the file is then compared by its bytes.
 */
export class FileContentReader implements TarContentHandler {
  readonly #file: Omit<FileHead, 'head'>;
  readonly #inspectors: Inspectors;
  readonly #done: (content: FileContent) => void;
  /** Of a file that comes in chunks shorter than a head: what came so far. */
  #start: Buffer | undefined;
  /** Who wants it; known with the head. */
  #wanted: Wanted | undefined;
  /** Of a file that nobody wants, in several chunks. */
  #hash: Hash | undefined;
  /** Of one that somebody wants, in several chunks. */
  #bytes: Buffer | undefined;
  #filled = 0;
  #free: (() => void) | undefined;

  /** `done` is called at the end of the content. Call `close` where the end may not have come. */
  constructor(file: Omit<FileHead, 'head'>, inspectors: Inspectors, done: (content: FileContent) => void) {
    this.#file = file;
    this.#inspectors = inspectors;
    this.#done = done;
  }

  data(chunk: Uint8Array): void | Promise<void> {
    if (this.#wanted !== undefined) return this.#add(chunk);
    const start = this.#start === undefined ? chunk : Buffer.concat([this.#start, chunk]);
    const { size } = this.#file;
    if (start.byteLength === size) return this.#finish(start);
    if (start.byteLength < HEAD_BYTES) {
      this.#start = Buffer.from(start);
      return;
    }
    this.#wanted = wantedBy(headOf(this.#file, start), this.#inspectors);
    if (!isAny(this.#wanted)) this.#hash = createHash('sha256');
    else if (size <= SMALL_BYTES) this.#bytes = Buffer.allocUnsafeSlow(size);
    else return this.#takeLargeBuffer().then(() => this.#add(start));
    this.#add(start);
  }

  end(): void {
    if (this.#hash !== undefined) this.#done({ digest: `sha256:${this.#hash.digest('hex')}` });
    else if (this.#bytes !== undefined) this.#finish(this.#bytes.subarray(0, this.#filled));
    else if (this.#file.size === 0) this.#finish(new Uint8Array(0));
    this.close();
  }

  /** Lets the next large file be held; harmless where none was. */
  close(): void {
    this.#bytes = undefined;
    this.#free?.();
  }

  #add(chunk: Uint8Array): void {
    if (this.#hash !== undefined) this.#hash.update(chunk);
    else this.#bytes?.set(chunk, this.#filled);
    this.#filled += chunk.byteLength;
  }

  /** With all of it in one piece. */
  #finish(bytes: Uint8Array): void {
    const file = headOf(this.#file, bytes);
    const { normalizers, readers } = this.#wanted ?? wantedBy(file, this.#inspectors);
    const digest = bytes.byteLength === 0 ? EMPTY : digestOf(bytes);
    const normal = firstNormalForm(normalizers, bytes, file);
    const packages = readers.flatMap((reader) => readPackages(reader, bytes, file));
    this.#done({ digest, ...(normal && { normal }), ...(packages.length > 0 && { packages }) });
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

function wantedBy(file: FileHead, { normalizers, packageReaders }: Inspectors): Wanted {
  if (file.size > MAX_INSPECTED_BYTES) return { normalizers: [], readers: [] };
  return {
    normalizers: normalizers.filter((normalizer) => normalizer.matches(file)),
    readers: packageReaders.filter((reader) => reader.matches(file)),
  };
}

function isAny({ normalizers, readers }: Wanted): boolean {
  return normalizers.length + readers.length > 0;
}

function firstNormalForm(
  normalizers: readonly ContentNormalizer[],
  bytes: Uint8Array,
  file: FileHead,
): NormalForm | undefined {
  for (const normalizer of normalizers) {
    try {
      const normal = normalizer.normalize(bytes, file);
      if (normal !== undefined) return normal;
    } catch {
      // Content that breaks a rule is content that the rule says nothing about.
    }
  }
  return undefined;
}

function readPackages(reader: PackageReader, bytes: Uint8Array, file: FileHead): readonly PackageFact[] {
  try {
    return reader.read(bytes, file);
  } catch {
    return [];
  }
}

/** In one call, which for a small file costs half of what a hash object does. */
function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${hashOf('sha256', bytes, 'hex')}`;
}
