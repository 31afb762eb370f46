import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunked } from '../testing/chunked.js';
import { decompress } from './decompress.js';
import { fzstdUnzstd, nativeUnzstd, programUnzstd } from './zstd.js';
import { zstdPieces } from './zstd-frames.js';

async function collect(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const unpack = (...parts: Uint8Array[]) => collect(decompress(chunked(Buffer.concat(parts))));
const text = Buffer.from(Array.from({ length: 400 }, (_, i) => `line ${i % 7} of some text that repeats\n`).join(''));

/** Counts how often it is opened and closed. */
function watched(chunks: Iterable<Uint8Array>) {
  const state = { closed: false };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    try {
      yield* chunks;
    } finally {
      state.closed = true;
    }
  }
  return { state, bytes: bytes() };
}

describe('gzip', () => {
  const packed = gzipSync(text);

  it('is unpacked from chunks of any size', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: packed.length }), async (size) => {
      expect(await collect(decompress(chunked(packed, size)))).toEqual(text);
    });
    await fc.assert(property, { numRuns: 20 });
  });
  it('may have several members, and zeros behind them', async () => {
    expect(await unpack(packed, packed, Buffer.alloc(600))).toEqual(Buffer.concat([text, text]));
    expect(await collect(decompress(chunked(Buffer.concat([packed, packed]), packed.length)))).toHaveLength(
      2 * text.length,
    );
  });
  it.each([
    ['other data', Buffer.from('hello')],
    ['other data behind zeros', Buffer.concat([Buffer.alloc(9), Buffer.from('hello')])],
    ['a member behind zeros', Buffer.concat([Buffer.alloc(9), packed])],
    ['a cut-off member', packed.subarray(0, 20)],
    ['half a magic', packed.subarray(0, 1)],
  ])('is an error with %s behind it', async (_, tail) => {
    for (const size of [packed.length, 1 << 20, 7]) {
      const reading = collect(decompress(chunked(Buffer.concat([packed, tail]), size)));
      await expect(reading).rejects.toMatchObject({ code: 'invalid' });
    }
  });
  it('is an error where it is cut off or damaged', async () => {
    for (const end of [5, 30, packed.length - 1]) {
      await expect(unpack(packed.subarray(0, end))).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringMatching(/cut off/),
      });
    }
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 20, 40);
    await expect(unpack(damaged)).rejects.toMatchObject({ code: 'invalid' });
  });
});

/** `text`, packed with `zstd -19`. */
const ZSTD = Buffer.from(
  'KLUv/WSQMv0BAHQCbGluZSAwIG9mIHNvbWUgdGV4dCB0aGF0IHJlcGVhdHMKMTIzNDU2CACmUm14AOEBnAFcAH4AZwCLEEE9AW5RgtY=',
  'base64',
);
/** A frame of one stored block. */
const stored = (bytes: Uint8Array): Buffer => {
  const header = Buffer.from('28b52ffd0058000000', 'hex');
  header.writeUIntLE((bytes.length << 3) | 1, 6, 3);
  return Buffer.concat([header, bytes]);
};
const skippable = Buffer.from('502a4d1803000000616263', 'hex');

const decoders = { node: nativeUnzstd(), program: programUnzstd(), fzstd: fzstdUnzstd };

describe.each(Object.entries(decoders))('zstd by %s', (name, decoder) => {
  if (decoder === undefined) {
    it.skip(`SKIPPED: ${name} can't unpack zstd here`);
    return;
  }
  const decode = (bytes: Uint8Array, size?: number) => collect(decoder(zstdPieces(chunked(bytes, size))));

  it('is unpacked from chunks of any size', async () => {
    for (const size of [1, 3, 50, ZSTD.length]) expect(await decode(ZSTD, size)).toEqual(text);
  });
  it('may have several frames and skippable ones', async () => {
    const all = Buffer.concat([
      skippable,
      ZSTD,
      skippable,
      stored(Buffer.from('abc')),
      stored(Buffer.alloc(0)),
      ZSTD,
      skippable,
    ]);
    const expected = Buffer.concat([text, Buffer.from('abc'), text]);
    for (const size of [1, 100, all.length]) expect(await decode(all, size)).toEqual(expected);
  });
  it('is an error where it is cut off', async () => {
    for (const end of [3, 5, 8, 40, ZSTD.length - 1]) {
      await expect(decode(ZSTD.subarray(0, end))).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(decode(Buffer.concat([ZSTD, skippable.subarray(0, 9)]))).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is an error with other data behind it', async () => {
    await expect(decode(Buffer.concat([ZSTD, Buffer.from('hello')]))).rejects.toMatchObject({ code: 'invalid' });
    await expect(decode(Buffer.concat([ZSTD, Buffer.alloc(4)]))).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is an error where it is damaged', async () => {
    const damaged = Buffer.from(ZSTD);
    damaged.fill(0xff, 20, 60);
    await expect(decode(damaged)).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is refused with a window that takes too much memory', async () => {
    await expect(decode(Buffer.from('28b52ffd00f8010000', 'hex'))).rejects.toMatchObject({ code: 'limit' });
  });
  it('unpacks a bomb piece by piece', async () => {
    const block = Buffer.from('02001000', 'hex');
    const bomb = Buffer.concat([
      Buffer.from('28b52ffd0058', 'hex'),
      ...Array<Buffer>(20_000).fill(block),
      Buffer.from('010000', 'hex'),
    ]);
    let bytes = 0;
    const before = process.memoryUsage().arrayBuffers;
    for await (const chunk of decoder(zstdPieces(chunked(bomb)))) {
      bytes += chunk.length;
      if (bytes > 400_000_000) break;
    }
    expect(bytes).toBeGreaterThan(400_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(250_000_000);
  });
  it('closes everything when it is left early', async () => {
    const { state, bytes } = watched(Array<Buffer>(50).fill(stored(randomBytes(100_000))));
    for await (const _ of decoder(zstdPieces(bytes))) break;
    expect(state.closed).toBe(true);
  });
  it('passes on errors of its source', async () => {
    const source = (async function* () {
      yield ZSTD;
      throw new Error('cut');
    })();
    await expect(collect(decoder(zstdPieces(source)))).rejects.toThrow('cut');
  });
});

describe('decompress', () => {
  it('knows zstd by its magic', async () => {
    expect(await unpack(skippable, ZSTD)).toEqual(text);
  });
  it('leaves plain bytes alone, however few', async () => {
    for (const bytes of [text, Buffer.from('a'), Buffer.alloc(0), Buffer.from('BZh is a name')]) {
      expect(await unpack(bytes)).toEqual(bytes);
    }
  });
  it.each([
    ['xz', 'fd377a585a000004e6d6b446'],
    ['bzip2', '425a68393141592653590000'],
  ])('refuses %s', async (name, hex) => {
    const reading = unpack(Buffer.from(hex, 'hex'));
    await expect(reading).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining(name) });
  });
  it('stops at the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const read = (maxBytes: number) => collect(decompress(chunked(bomb, 100), { maxBytes }));
    await expect(read(1_000_000)).rejects.toMatchObject({ code: 'limit' });
    expect(await read(50_000_000)).toHaveLength(50_000_000);
  });
  it.each([
    ['gzip', Array<Buffer>(50).fill(gzipSync(randomBytes(100_000)))],
    ['plain', Array<Buffer>(50).fill(randomBytes(100_000))],
  ])('closes its source when %s is left early', async (_, chunks) => {
    const { state, bytes } = watched(chunks);
    for await (const _ of decompress(bytes)) break;
    expect(state.closed).toBe(true);
  });
  it.each([
    ['gzip', gzipSync(text)],
    ['plain', text],
  ])('passes on errors of its source (%s)', async (_, packed) => {
    const source = (async function* () {
      yield packed.subarray(0, 60);
      throw new Error('cut');
    })();
    await expect(collect(decompress(source))).rejects.toThrow('cut');
  });
  it('waits for a slow reader', async () => {
    let given = 0;
    const chunk = gzipSync(randomBytes(100_000));
    const source = (async function* () {
      for (; given < 200; given += 1) yield chunk;
    })();
    const reader = decompress(source);
    await reader.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(given).toBeLessThan(20);
    await reader.return();
  });
});
