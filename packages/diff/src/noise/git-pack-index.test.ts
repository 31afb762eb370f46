import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const PATH = 'src/.git/objects/pack/pack-18348cbff47d48d25a0597cf9e5981e8432a74c6.idx';
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise(PATH, a, b);

/** Version 2, for objects by these names, at this place. */
function packIndex(names: readonly string[], place = 12): Buffer {
  const numbers = Buffer.alloc(names.length * 8, place);
  const counts = Buffer.alloc(256 * 4);
  counts.writeUInt32BE(names.length, 255 * 4);
  const body = Buffer.concat([
    Buffer.from('ff744f6300000002', 'hex'),
    counts,
    ...names.map((name) => Buffer.from(name.repeat(20))),
    numbers,
    Buffer.alloc(20, place),
  ]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

describe('git-pack-index', () => {
  it('hides where in the pack the objects lie', () => {
    expect(isSame(packIndex(['a', 'b'], 12), packIndex(['a', 'b'], 13))).toBe(true);
  });

  it('keeps another object, one more and one less', () => {
    for (const names of [['a', 'c'], ['a', 'b', 'c'], ['a']])
      expect(isSame(packIndex(['a', 'b']), packIndex(names))).toBe(false);
  });

  it('leaves alone what is cut, longer or damaged, and other files by that name', () => {
    const whole = packIndex(['a', 'b']);
    for (const length of [8, 600, 1100, whole.length - 1])
      expect(formed(PATH, whole.subarray(0, length))).toBeUndefined();
    expect(formed(PATH, Buffer.concat([whole, Buffer.alloc(8)]))).toBeUndefined();
    const damaged = Buffer.from(whole);
    damaged[1040] = 0;
    expect(formed(PATH, damaged)).toBeUndefined();
    expect(formed(PATH, 'some text')).toBeUndefined();
  });
});
