import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const COMPILED = 'app/tmp/cache/bootsnap/compile-cache-iseq/49/4b3de22261bf46';
const LOAD_PATH = 'app/tmp/cache/bootsnap/load-path-cache';

interface Cached {
  readonly version: number;
  readonly size?: number;
  readonly time?: number;
  readonly digest?: number;
  readonly memory?: number;
  readonly code?: string;
}

/** As bootsnap writes it: of version 4 without a digest of the source, of version 5 with one. */
function compiled({ version, size = 188, time = 1, digest = 7, memory = 0, code = 'YARB x' }: Cached): Buffer {
  const header = Buffer.alloc(64, memory);
  header.writeUInt32LE(version, 0);
  header.writeBigUInt64LE(BigInt(size), 16);
  header.writeBigUInt64LE(BigInt(time), 24);
  header.writeBigUInt64LE(BigInt(code.length), 32);
  if (version === 5) {
    header.writeBigUInt64LE(BigInt(digest), 40);
    header.writeUInt8(1, 48);
  }
  header.fill(0, 4, 16);
  return Buffer.concat([header, Buffer.from(code)]);
}

/** One folder: `{"/app": [time, ["a.rb"], []]}`. */
function loadPath(time: number, file = 'a.rb'): Buffer {
  const number = Buffer.alloc(5, 0xce);
  number.writeUInt32BE(time, 1);
  const text = (value: string) => Buffer.concat([Buffer.of(0xa0 + value.length), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.of(0x81),
    text('/app'),
    Buffer.of(0x93),
    time === 0 ? Buffer.of(0) : number,
    Buffer.of(0x91),
    text(file),
    Buffer.of(0x90),
  ]);
}

describe('ruby-bootsnap', () => {
  it.each([4, 5])('hides when the source was written, and what lay in memory (version %i)', (version) => {
    const [a, b] = [compiled({ version, time: 1000, memory: 3 }), compiled({ version, time: 2000, memory: 9 })];
    expect(isSameButNoise(COMPILED, a, b)).toBe(true);
    expect(isSameButNoise('app/cache/49/4b3de22261bf46', a, b)).toBe(false);
  });

  it.each([4, 5])('keeps other code and another size of the source (version %i)', (version) => {
    const is = (one: Partial<Cached>) => isSameButNoise(COMPILED, compiled({ version }), compiled({ version, ...one }));
    expect(is({ code: 'YARB y' })).toBe(false);
    expect(is({ size: 189 })).toBe(false);
    expect(is({ digest: 8 })).toBe(version === 4);
  });

  it('leaves alone what is of a version that is not known', () => {
    expect(isSameButNoise(COMPILED, compiled({ version: 6 }), compiled({ version: 6, time: 2 }))).toBe(false);
  });

  it('hides the times of folders in the load path, and keeps their files', () => {
    expect(isSameButNoise(LOAD_PATH, loadPath(1000), loadPath(2000))).toBe(true);
    expect(isSameButNoise(LOAD_PATH, loadPath(1000), loadPath(1000, 'b.rb'))).toBe(false);
    expect(isSameButNoise(LOAD_PATH, loadPath(1000), loadPath(0))).toBe(false);
  });

  it.each([
    ['cut', (whole: Buffer) => whole.subarray(0, -1)],
    ['with more after it', (whole: Buffer) => Buffer.concat([whole, Buffer.of(0)])],
    ['too deep', () => Buffer.alloc(100, 0x91)],
    ['too large', () => Buffer.concat([Buffer.of(0xdd, 0, 0x10, 0, 0), Buffer.alloc(0x100000)])],
    ['no map', () => Buffer.of(0xa1, 0x61)],
  ])('compares a load path that is %s by its bytes', (_, broken) => {
    expect(formed(LOAD_PATH, broken(loadPath(1000)))).toBeUndefined();
  });
});
