import { createGzip } from 'node:zlib';
import { through } from './through.js';

const CHUNK_BYTES = 256 * 1024;

/**
 * Compresses a layer. The same bytes give the same with one version of Node's zlib on one kind of processor: node:zlib writes no
 * time into the header (RFC 1952, 2.3.1), but the operating system, which is always "unknown" here.
 */
export async function* gzipLayer(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGzip({ level: 6, chunkSize: CHUNK_BYTES });
  let at = 0;
  for await (const chunk of through(bytes, stream, stream)) {
    const system = 9 - at;
    if (system >= 0 && system < chunk.length) chunk[system] = 255;
    at += chunk.length;
    yield chunk;
  }
}
