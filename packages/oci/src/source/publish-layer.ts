import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipLayer } from '../archive/gzip.js';
import type { Descriptor, Digest } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { OciError } from '../errors.js';
import { lazyFile } from './lazy-file.js';

/** A compressed layer in a temporary file. */
export interface SpooledLayer {
  readonly diffId: Digest;
  readonly descriptor: Descriptor;
  readonly path: string;
}

const bufferBytes = 256 * 1024;

/**
 * Puts a layer's tar into `folder`, and compresses it if it is one of `wanted`; else gives `undefined`. The tar goes to disk
 * first, since a source that is one stream can't say which layer it gives until its last byte has been hashed, and compressing
 * one that is not wanted costs far more than writing it. Memory stays under 2 MB.
 */
export async function spoolLayer(
  tar: AsyncIterable<Uint8Array>,
  wanted: ReadonlySet<Digest>,
  folder: string,
  name: string,
  signal: AbortSignal | undefined,
): Promise<SpooledLayer | undefined> {
  const plain = join(folder, `${name}.tar`);
  const packed = `${plain}.gz`;
  const plainHash = createHash('sha256');
  try {
    await pipeline(tar, hashed(plainHash), createWriteStream(plain, { highWaterMark: bufferBytes }), { signal });
    const diffId: Digest = `sha256:${plainHash.digest('hex')}`;
    if (!wanted.has(diffId)) return undefined;
    const packedHash = createHash('sha256');
    const output = createWriteStream(packed, { highWaterMark: bufferBytes });
    await pipeline(createReadStream(plain, { highWaterMark: bufferBytes }), gzipLayer, hashed(packedHash), output, {
      signal,
    });
    const digest: Digest = `sha256:${packedHash.digest('hex')}`;
    return {
      diffId,
      descriptor: { mediaType: MEDIA_TYPES.ociLayerGzip, digest, size: output.bytesWritten },
      path: packed,
    };
  } catch (error) {
    if (signal?.aborted) throw new OciError('aborted', 'Stopped while a layer was compressed.', { cause: error });
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new OciError('limit', `no room in ${folder} for a layer, which is compressed there before it is pushed`, {
      hint: 'Make room, or name a folder with more room in TMPDIR.',
      cause: error,
    });
  } finally {
    await rm(plain, { force: true });
  }
}

/** Reads a spooled layer again, for each attempt to push it. */
export const readSpooled = (layer: SpooledLayer): AsyncIterable<Uint8Array> => lazyFile(layer.path);

function hashed(hash: Hash) {
  return async function* (stream: AsyncIterable<Uint8Array>) {
    for await (const chunk of stream) {
      hash.update(chunk);
      yield chunk;
    }
  };
}
