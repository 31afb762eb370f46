import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inLargerChunks } from './larger-chunks.js';

async function collect(chunks: readonly Uint8Array[], bytes: number): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of inLargerChunks(
    (async function* () {
      yield* chunks;
    })(),
    bytes,
  ))
    collected.push(chunk);
  return collected;
}

it('gives the same bytes, in chunks that are large enough but for the last', async () => {
  const chunks = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(chunks, fc.integer({ min: 1, max: 50 }), async (given, bytes) => {
      const larger = await collect(given, bytes);
      expect(Buffer.concat(larger).equals(Buffer.concat(given))).toBe(true);
      expect(larger.slice(0, -1).every((chunk) => chunk.byteLength >= bytes)).toBe(true);
      expect(larger.every((chunk) => chunk.byteLength > 0)).toBe(true);
    }),
  );
});

it('does not copy what is large enough', async () => {
  const large = new Uint8Array(10);
  expect((await collect([large, new Uint8Array(1)], 10))[0]).toBe(large);
});
