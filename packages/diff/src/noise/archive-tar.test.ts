import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type TarFile, tarBytes } from '../testing/archive-bytes.js';
import { formed, isSameButNoise } from '../testing/formed.js';

const A: TarFile = { name: 'a', content: 'one' };
const B: TarFile = { name: 'b', content: 'two' };
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise('lib/apk/db/scripts.tar', a, b);

describe('tar-members', () => {
  it('hides other times, another order and more padding', () => {
    const b = Buffer.concat([
      tarBytes([
        { ...B, mtime: 9 },
        { ...A, mtime: 9 },
      ]),
      Buffer.alloc(8192),
    ]);
    expect(isSame(tarBytes([A, B]), b)).toBe(true);
  });

  it('hides the times of extended headers, and keeps what else they say', () => {
    const pax = (record: string): TarFile => ({ name: `PaxHeaders.${record.length}/a`, type: 'x', content: record });
    expect(isSame(tarBytes([pax('15 mtime=1.25\n'.padStart(14)), A]), tarBytes([pax('14 mtime=1.25\n'), A]))).toBe(
      false,
    );
    expect(isSame(tarBytes([pax('14 mtime=1.25\n'), A]), tarBytes([pax('14 mtime=2.25\n'), A]))).toBe(true);
    expect(isSame(tarBytes([pax('11 path=x1\n'), A]), tarBytes([pax('11 path=x2\n'), A]))).toBe(false);
    expect(isSame(tarBytes([pax('23 SCHILY.xattr.user.x=1\n'.replace('23', '25')), A]), tarBytes([A]))).toBe(false);
  });

  it.each<[string, TarFile]>([
    ['content', { ...A, content: 'onf' }],
    ['a mode', { ...A, mode: 0o755 }],
    ['an owner', { ...A, uid: 1 }],
    ['a name', { ...A, name: 'aa' }],
    ['a type and a target', { name: 'a', type: '2', link: 'b' }],
  ])('keeps %s', (_, other) => {
    expect(isSame(tarBytes([A, B]), tarBytes([other, B]))).toBe(false);
  });

  it.each<[string, Uint8Array]>([
    ['a name that is there twice, of which the last would count', tarBytes([A, { ...A, content: 'x' }])],
    ['a name that is there in two spellings', tarBytes([A, { ...A, name: './a', content: 'x' }])],
    [
      'a member that is unpacked through a link',
      tarBytes([
        { name: 'd', type: '2', link: 'e' },
        { ...A, name: 'd/a' },
      ]),
    ],
    ['data after the end', Buffer.concat([tarBytes([A]), Buffer.from('x')])],
    ['a cut archive', tarBytes([A]).subarray(0, 700)],
    ['a sparse or unknown member', tarBytes([{ ...A, type: 'S' }])],
    ['a hard link to what comes later', tarBytes([{ name: 'l', type: '1', link: 'a' }, A])],
  ])('leaves alone %s', (_, bytes) => {
    expect(formed('x.tar', bytes)).toBeUndefined();
  });

  describe('of a gem', () => {
    const gem = (mtime: number, code: string, sum?: string) => {
      const data = gzipSync(tarBytes([{ name: 'lib/x.rb', content: code, mtime }]));
      const hex = sum ?? createHash('sha256').update(data).digest('hex');
      const sums = gzipSync(`---\nSHA256:\n  data.tar.gz: ${hex}\n`);
      return tarBytes([
        { name: 'data.tar.gz', content: data },
        { name: 'checksums.yaml.gz', content: sums },
      ]);
    };
    const isSameGem = (a: Uint8Array, b: Uint8Array) => isSameButNoise('app/vendor/cache/x-1.0.gem', a, b);

    it('hides sums that are right', () => {
      expect(isSameGem(gem(1, 'a'), gem(2, 'a'))).toBe(true);
    });

    it('keeps a sum that is wrong, and other code', () => {
      expect(isSameGem(gem(1, 'a'), gem(1, 'a', '00'))).toBe(false);
      expect(isSameGem(gem(1, 'a', '00'), gem(1, 'a', '01'))).toBe(false);
      expect(isSameGem(gem(1, 'a'), gem(1, 'b'))).toBe(false);
    });
  });
});
