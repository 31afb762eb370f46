import { describe, expect, it } from 'vitest';
import { arBytes } from '../testing/archive-bytes.js';
import { formed, isSameButNoise } from '../testing/formed.js';

const A = { name: 'a.o/', content: 'one' };
const B = { name: 'b.o/', content: 'two!' };
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise('usr/lib/libv.a', a, b);

describe('ar-members', () => {
  it('hides times and owners of the headers', () => {
    expect(isSame(arBytes([A, B]), arBytes([{ ...A, mtime: 5, uid: 7 }, B]))).toBe(true);
  });

  it('keeps one other byte of a member, and names it', () => {
    const other = arBytes([A, { ...B, content: 'two?' }]);
    expect(isSame(arBytes([A, B]), other)).toBe(false);
    expect(formed('libv.a', other)?.parts?.map(({ name }) => name)).toEqual(['a.o/', 'b.o/']);
  });

  it('keeps another order and a member twice, which a linker sees', () => {
    expect(isSame(arBytes([A, B]), arBytes([B, A]))).toBe(false);
    expect(isSame(arBytes([A]), arBytes([A, A]))).toBe(false);
  });

  it.each<[string, Uint8Array]>([
    ['a cut archive', arBytes([A, B]).subarray(0, 100)],
    ['a header that is none', Buffer.concat([arBytes([B]), Buffer.from('x'.repeat(60))])],
  ])('leaves alone %s', (_, bytes) => {
    expect(formed('x.a', bytes)).toBeUndefined();
  });
});
