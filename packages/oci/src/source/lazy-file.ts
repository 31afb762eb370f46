import { createReadStream } from 'node:fs';

const CHUNK_BYTES = 256 * 1024;

/** The bytes of a file, which is opened when they are read: a stream that nobody reads holds nothing open. */
export async function* lazyFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Uint8Array>;
}
