import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const HEADER_BYTES = 16;
const PATH = 'app/__pycache__/rate.cpython-311.pyc';

interface Compiled {
  readonly version: string;
  readonly first: string;
  readonly again: string;
  readonly other: string;
}
const modules = JSON.parse(readFileSync(new URL('./testdata/rate-pyc.json', import.meta.url), 'utf8')) as Compiled[];
const bytesOf = (text: string) => Buffer.from(text, 'base64');
const [python311] = modules.filter(({ version }) => version === '3.11');
const first = bytesOf(python311?.first ?? '');
const patched = (patch: (bytes: Buffer) => void) => {
  const bytes = Buffer.from(first);
  patch(bytes);
  return bytes;
};
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise(PATH, a, b);

describe.each(modules)('bytecode of Python $version', (compiled) => {
  const [a, again, other] = [bytesOf(compiled.first), bytesOf(compiled.again), bytesOf(compiled.other)];

  it('hides the time of the source, and which objects are references', () => {
    expect(a.subarray(HEADER_BYTES).equals(again.subarray(HEADER_BYTES))).toBe(false);
    expect(isSame(a, again)).toBe(true);
  });

  it('keeps another constant', () => {
    expect(isSame(a, other)).toBe(false);
  });
});

describe('python-bytecode', () => {
  it('keeps how the file is checked against its source: never, by hash, by time', () => {
    const flagged = [0, 1, 3].map((flags) => patched((bytes) => bytes.writeUInt32LE(flags, 4)));
    const digests = flagged.map((bytes) => formed(PATH, bytes)?.digest);
    expect(new Set(digests).size).toBe(3);
  });

  it('keeps a slice from bytes that are written as its key is', () => {
    const header = first.subarray(0, HEADER_BYTES);
    const marshalled = (value: Buffer) => Buffer.concat([header, Buffer.from([0x29, 2, 0x4e]), value]);
    const text = Buffer.from('lice(0,0,0)');
    const bytes = Buffer.concat([Buffer.from([0x73, text.length, 0, 0, 0]), text]);
    expect(isSame(marshalled(Buffer.from(':NNN')), marshalled(bytes))).toBe(false);
  });

  it('keeps text in Latin-1 from text in UTF-8 that has the same bytes', () => {
    const text = (type: string) =>
      Buffer.concat([first.subarray(0, HEADER_BYTES), Buffer.from([type.charCodeAt(0), 2, 0, 0, 0, 0xc3, 0xa9])]);
    expect(isSame(text('a'), text('u'))).toBe(false);
  });

  it('keeps the hash of the source, and its size', () => {
    const hashed = (hash: number) =>
      patched((bytes) => {
        bytes.writeUInt32LE(1, 4);
        bytes.writeUInt32LE(hash, 8);
      });
    expect(isSame(hashed(1), hashed(2))).toBe(false);
    expect(
      isSame(
        first,
        patched((bytes) => bytes.writeUInt32LE(1, 12)),
      ),
    ).toBe(false);
  });

  it('compares code that it cannot read byte by byte, still without the time', () => {
    const later = (bytes: Buffer) => bytes.writeUInt32LE(1, 8);
    const broken = (bytes: Buffer) => bytes.writeUInt8(0x3f, HEADER_BYTES);
    const [a, b, c] = [
      patched(broken),
      patched((bytes) => [later(bytes), broken(bytes)]),
      patched((bytes) => [broken(bytes), bytes.writeUInt8(1, 60)]),
    ];
    expect(isSame(a, b)).toBe(true);
    expect(isSame(a, c)).toBe(false);
  });

  it('leaves alone bytecode of a version that it does not know', () => {
    expect(
      formed(
        PATH,
        patched((bytes) => bytes.writeUInt16LE(3499, 0)),
      ),
    ).toBeUndefined();
  });

  it('keeps data after the code', () => {
    expect(isSame(first, Buffer.concat([first, Buffer.from('x')]))).toBe(false);
  });

  it('sees any other byte of the code that is not only a mark of a reference', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: HEADER_BYTES, max: first.length - 1 }),
        fc.integer({ min: 1, max: 0x7f }),
        (at, by) => {
          const other = patched((bytes) => bytes.writeUInt8((bytes[at] as number) ^ by, at));
          // Interned or not, short or long: these bytes say how a text is written, and it stays the same text.
          const isTextMark =
            /^[azuAZt]$/.test(String.fromCharCode((first[at] as number) & 0x7f)) &&
            /^[azuAZt]$/.test(String.fromCharCode((other[at] as number) & 0x7f));
          expect(isTextMark || !isSame(first, other)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});
