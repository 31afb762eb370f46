import { createHash, hash as hashOf } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
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
 * Reads a file's content once: its digest, and what the inspectors that want it make of it. An inspector that throws is
 * one that did not understand the content: the file is then compared by its bytes.
 */
export async function readFileContent(
  file: Omit<FileHead, 'head'>,
  content: AsyncIterable<Uint8Array>,
  inspectors: Inspectors,
): Promise<FileContent> {
  if (file.size === 0) {
    const head: FileHead = { ...file, head: new Uint8Array(0) };
    return apply(wantedBy(head, inspectors), head.head, EMPTY, head);
  }
  const rest = content[Symbol.asyncIterator]();
  const first = await readHead(rest);
  const head: FileHead = { ...file, head: first.subarray(0, HEAD_BYTES) };
  const wanted = wantedBy(head, inspectors);
  const isWanted = wanted.normalizers.length + wanted.readers.length > 0;
  if (!isWanted || file.size > MAX_INSPECTED_BYTES) {
    if (first.byteLength === file.size) return { digest: digestOf(first) };
    const hash = createHash('sha256').update(first);
    for (let next = await rest.next(); !next.done; next = await rest.next()) hash.update(next.value);
    return { digest: `sha256:${hash.digest('hex')}` };
  }
  const whole = async () => {
    const bytes = await readWhole(first, rest, file.size);
    return apply(wanted, bytes, digestOf(bytes), {
      ...head,
      head: bytes.subarray(0, HEAD_BYTES),
    });
  };
  return file.size > SMALL_BYTES ? oneLargeFile(whole) : whole();
}

function wantedBy(file: FileHead, { normalizers, packageReaders }: Inspectors): Wanted {
  return {
    normalizers: normalizers.filter((normalizer) => normalizer.matches(file)),
    readers: packageReaders.filter((reader) => reader.matches(file)),
  };
}

async function apply(wanted: Wanted, bytes: Uint8Array, digest: Digest, file: FileHead): Promise<FileContent> {
  const normal = firstNormalForm(wanted.normalizers, bytes, file);
  const packages: PackageFact[] = [];
  for (const reader of wanted.readers) packages.push(...(await readPackages(reader, bytes, file)));
  return { digest, ...(normal && { normal }), ...(packages.length > 0 && { packages }) };
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

async function readPackages(reader: PackageReader, bytes: Uint8Array, file: FileHead): Promise<readonly PackageFact[]> {
  try {
    return await reader.read(bytes, file);
  } catch {
    return [];
  }
}

/** The first chunk, which holds until the next is asked for; a copy of more of them where it is shorter than a head. */
async function readHead(chunks: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.byteLength < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done) break;
    const isWholeHead = head.byteLength === 0 && next.value.byteLength >= HEAD_BYTES;
    head = isWholeHead ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function readWhole(first: Uint8Array, rest: AsyncIterator<Uint8Array>, size: number): Promise<Uint8Array> {
  if (first.byteLength === size) return first;
  const bytes = size > SMALL_BYTES ? reusedBuffer() : Buffer.allocUnsafeSlow(size);
  bytes.set(first);
  let filled = first.byteLength;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    bytes.set(next.value, filled);
    filled += next.value.byteLength;
  }
  return bytes.subarray(0, filled);
}

function reusedBuffer(): Buffer {
  largeBuffer ??= Buffer.allocUnsafeSlow(MAX_INSPECTED_BYTES);
  return largeBuffer;
}

/** In one call, which for a small file costs half of what a hash object does. */
function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${hashOf('sha256', bytes, 'hex')}`;
}
