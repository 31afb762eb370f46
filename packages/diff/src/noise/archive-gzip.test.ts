import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { tarBytes, zipBytes } from '../testing/archive-bytes.js';
import { formed, isSameButNoise } from '../testing/formed.js';

/** With a time, and optionally a name, in the header. */
function gzip(content: string | Uint8Array, seconds: number, name = ''): Buffer {
  const bytes = gzipSync(content);
  bytes.writeUInt32LE(seconds, 4);
  if (name === '') return bytes;
  bytes.writeUInt8(8, 3);
  return Buffer.concat([bytes.subarray(0, 10), Buffer.from(`${name}\0`), bytes.subarray(10)]);
}
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise('usr/share/doc/x/changelog.gz', a, b);

describe('gzip-header', () => {
  it('hides another time and name in the header, and another level', () => {
    expect(isSame(gzip('text', 1), gzip('text', 2, 'changelog'))).toBe(true);
    const text = 'text text text '.repeat(500);
    expect(isSame(gzipSync(text, { level: 1 }), gzipSync(text, { level: 9 }))).toBe(true);
  });

  it('keeps one other byte of what it unpacks to', () => {
    expect(isSame(gzip('text', 1), gzip('tent', 1))).toBe(false);
  });

  it('looks at a tar inside by its members, and names the one that changed', () => {
    const pack = (mtime: number, content: string) =>
      gzip(
        tarBytes([
          { name: './a', content, mtime },
          { name: './b', mtime },
        ]),
        mtime,
      );
    expect(isSame(pack(1, 'x'), pack(2, 'x'))).toBe(true);
    expect(isSame(pack(1, 'x'), pack(2, 'y'))).toBe(false);
    expect(formed('opt/assets.tar.gz', pack(1, 'x'))?.parts?.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('looks at a zip inside of a tar inside', () => {
    const pack = (time: number) =>
      gzip(tarBytes([{ name: 'x.zip', content: zipBytes([{ name: 'a', content: 'a', time }]) }]), 0);
    expect(isSame(pack(1), pack(2))).toBe(true);
  });

  it('reads all members of a stream', () => {
    expect(isSame(Buffer.concat([gzip('a', 1), gzip('b', 1)]), Buffer.concat([gzip('a', 2), gzip('b', 2)]))).toBe(true);
    expect(isSame(Buffer.concat([gzip('a', 1), gzip('b', 1)]), Buffer.concat([gzip('a', 1), gzip('c', 1)]))).toBe(
      false,
    );
    expect(isSame(gzip('a', 1), Buffer.concat([gzip('a', 1), gzip('b', 1)]))).toBe(false);
  });

  it('keeps a wrong sum of the header, for which programs refuse the file', () => {
    const summed = (seconds: number, error: number) => {
      const bytes = gzip('text', seconds);
      bytes.writeUInt8(2, 3);
      const sum = Buffer.alloc(2);
      sum.writeUInt16LE((crc32(bytes.subarray(0, 10)) & 0xffff) ^ error);
      return Buffer.concat([bytes.subarray(0, 10), sum, bytes.subarray(10)]);
    };
    expect(isSame(summed(1, 0), summed(2, 0))).toBe(true);
    expect(isSame(summed(1, 0), summed(1, 1))).toBe(false);
  });

  it('keeps where a member ends, since some programs read the first alone', () => {
    expect(isSame(gzip('ab', 1), Buffer.concat([gzip('a', 1), gzip('b', 1)]))).toBe(false);
    const [first, second] = [
      Buffer.concat([gzip('a', 1), gzip('bc', 1)]),
      Buffer.concat([gzip('ab', 1), gzip('c', 1)]),
    ];
    expect(isSame(first, second)).toBe(false);
  });

  it('keeps bytes that look like what a rule makes of others', () => {
    expect(isSame(gzip('!<arch>\n', 1), gzip('10:ar-members', 1))).toBe(false);
  });

  it.each<[string, Uint8Array]>([
    ['bytes after the end', Buffer.concat([gzip('a', 1), Buffer.from('#!/bin/sh')])],
    ['a cut stream', gzip('text', 1).subarray(0, 15)],
    ['a wrong sum', Buffer.concat([gzip('text', 1).subarray(0, -8), Buffer.alloc(8)])],
    ['a bomb', gzipSync(Buffer.alloc(8 * 1024 * 1024))],
  ])('leaves alone %s', (_, bytes) => {
    expect(formed('x.gz', bytes)).toBeUndefined();
  });
});
