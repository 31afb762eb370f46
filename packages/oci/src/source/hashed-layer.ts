import { createHash } from 'node:crypto';
import { decompress } from '../archive/decompress.js';
import type { Digest } from '../content/descriptor.js';
import type { LayerReader } from '../model/image.js';

/** What a reader made of a layer, and the diffId that the bytes it was given have. */
export interface HashedLayer<T> {
  readonly diffId: Digest;
  /** Where the reader failed, its error: the layer is read to its end all the same, so that its diffId is known. */
  readonly result: { readonly value: T } | { readonly error: unknown };
}

/** Unpacks a layer whose diffId is not known for sure beforehand, gives it to `read`, and says which it was. */
export async function readHashedLayer<T>(
  stored: AsyncIterable<Uint8Array>,
  read: LayerReader<T>,
  expected?: Digest,
): Promise<HashedLayer<T>> {
  const hash = createHash('sha256');
  async function* hashed(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of decompress(stored)) {
      hash.update(chunk);
      yield chunk;
    }
  }
  const bytes = hashed();
  let sourceFailure: { readonly error: unknown } | undefined;
  /** Without `return`: a reader that stops early must not stop the hash. */
  const next = async (): Promise<IteratorResult<Uint8Array, void>> => {
    try {
      return await bytes.next();
    } catch (error) {
      sourceFailure = { error };
      throw error;
    }
  };
  const result = await read({ [Symbol.asyncIterator]: () => ({ next }) }, expected).then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if (sourceFailure === undefined) while ((await next()).done !== true);
  else throw sourceFailure.error;
  return { diffId: `sha256:${hash.digest('hex')}`, result };
}
