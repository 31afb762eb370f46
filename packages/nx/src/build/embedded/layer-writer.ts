import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Descriptor, type Digest, gzipLayer, MEDIA_TYPES, oneChunk, type Repository } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import { InstructionError } from './dockerfile-error.js';
import type { FileEntry } from './files.js';
import type { Spool } from './spool.js';
import { padding, tarHeader } from './tar-header.js';

export interface WrittenLayer {
  readonly diffId: Digest;
  readonly descriptor: Descriptor;
}

const chunkBytes = 256 * 1024;

export interface LayerWriterOptions {
  readonly repository: Repository;
  /** For drafts. */
  readonly folder: string;
  readonly spool: Spool;
  /** Seconds since 1970; of entries that have no time of their own. */
  readonly time: number;
  readonly signal?: AbortSignal;
}

/** Writes a layer's tar, compressed, into the repository. Entries come in the order that they shall have. */
export async function writeLayer(
  entries: readonly (readonly [string, FileEntry])[],
  { repository, folder, spool, time, signal }: LayerWriterOptions,
): Promise<WrittenLayer> {
  const draft = join(folder, 'layer.tar.gz');
  const [plain, packed] = [createHash('sha256'), createHash('sha256')];
  const output = createWriteStream(draft, { highWaterMark: chunkBytes });
  try {
    const tar = inChunks(layerTar(entries, spool, time));
    await pipeline(hashed(tar, plain), gzipLayer, (gzip) => hashed(gzip, packed), output, { signal });
    const descriptor: Descriptor = {
      mediaType: MEDIA_TYPES.ociLayerGzip,
      digest: `sha256:${packed.digest('hex')}`,
      size: output.bytesWritten,
    };
    await repository.pushBlob(descriptor, () => createReadStream(draft, { highWaterMark: chunkBytes }), { signal });
    return { diffId: `sha256:${plain.digest('hex')}`, descriptor };
  } finally {
    await rm(draft, { force: true });
  }
}

async function* layerTar(
  entries: readonly (readonly [string, FileEntry])[],
  spool: Spool,
  time: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (const [path, entry] of entries) {
    yield tarHeader(path === '' ? '.' : path, entry, entry.mtime ?? time);
    if (entry.type !== 'file' || entry.size === 0) continue;
    let written = 0;
    for await (const chunk of contentOf(entry, spool)) {
      written += chunk.byteLength;
      if (written <= entry.size) yield chunk;
    }
    if (written !== entry.size) {
      throw new ImageVersionsError('environment', `/${path} changed while it was copied into the image`, {
        hint: 'Build again when nothing writes into the build context.',
      });
    }
    yield padding(entry.size);
  }
  yield Buffer.alloc(1024);
}

/** The bytes of a file that has been fetched. */
export function contentOf({ content, size }: FileEntry, spool: Spool): AsyncIterable<Uint8Array> {
  if (content?.kind === 'spool') return spool.read(content.offset, size);
  if (content?.kind === 'disk') return readFileItself(content.path, size);
  if (content?.kind === 'bytes') return oneChunk(content.bytes);
  throw new InstructionError(`content of kind ${content?.kind} was not fetched`);
}

/** A file that became a link since it was looked at is an error: it could lead out of the context. */
async function* readFileItself(path: string, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  // One byte more than there should be, so that a file that grows is seen.
  yield* file.createReadStream({ highWaterMark: chunkBytes, end: size }) as AsyncIterable<Uint8Array>;
}

async function* hashed(stream: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    hash.update(chunk);
    yield chunk;
  }
}

/** Small pieces joined: what zlib makes of them then does not depend on how they came. */
async function* inChunks(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    held.push(chunk);
    size += chunk.byteLength;
    if (size < chunkBytes) continue;
    const joined = Buffer.concat(held, size);
    const whole = size - (size % chunkBytes);
    yield joined.subarray(0, whole);
    held = [joined.subarray(whole)];
    size -= whole;
  }
  if (size > 0) yield Buffer.concat(held, size);
}
