import { decompress } from '../archive/decompress.js';
import type { Digest } from '../content/descriptor.js';
import { digestCheckedStream } from '../content/verified-stream.js';
import type { LayerReader, ReadLayersOptions } from '../model/image.js';
import { inParallel } from './in-parallel.js';

/** A layer that its source has as a blob of its own. */
export interface StoredLayer {
  readonly diffId: Digest;
  /** For messages. */
  readonly what: string;
  /** Its bytes as stored. */
  open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
}

/**
 * What `read` makes of these layers, each unpacked and checked. A failure stops the others, and is thrown when they have stopped. A
 * layer is read to its very end also where `read` stopped at the archive's: what follows counts for the digest too.
 */
export async function readStoredLayers<T>(
  layers: readonly StoredLayer[],
  read: LayerReader<T>,
  { concurrency = 2, signal, onProgress }: ReadLayersOptions = {},
): Promise<Map<Digest, T>> {
  const results = new Map<Digest, T>();
  await inParallel(layers, concurrency, signal, async (layer, both) => {
    const stored = counted(await layer.open(both), onProgress);
    const tar = digestCheckedStream(decompress(stored), layer.diffId, layer.what);
    try {
      // Without `return`, so that a reader which leaves early ends nothing.
      const result = await read({ [Symbol.asyncIterator]: () => ({ next: () => tar.next() }) }, layer.diffId);
      while ((await tar.next()).done !== true);
      results.set(layer.diffId, result);
    } finally {
      await tar.return();
    }
  });
  return results;
}

/** The same bytes; `onProgress` is told how many came with each piece. */
async function* counted(
  stream: AsyncIterable<Uint8Array>,
  onProgress: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of stream) {
    onProgress?.(chunk.byteLength);
    yield chunk;
  }
}
