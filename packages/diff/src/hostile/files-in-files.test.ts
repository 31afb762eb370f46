import { gzipSync } from 'node:zlib';
import type { TarLiteral } from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import { type ZipFile, zipBytes } from '../testing/archive-bytes.js';
import { compareFiles } from './compare-files.testing.js';

const jar = (content: Uint8Array): TarLiteral[] => [{ path: 'app/lib/x.jar', content }];
const compareJars = (before: Uint8Array, after: Uint8Array) => compareFiles(jar(before), jar(after));
const entries = (text: string): ZipFile[] => [
  { name: 'a/A.class', content: text },
  { name: 'b.txt', content: 'b' },
];

/** Two entries of the directory whose data is the same bytes: the second's place is moved to the first's. */
function overlapping(text: string, time: number): Buffer {
  const bytes = zipBytes([
    { name: 'a', content: text, time },
    { name: 'b', content: text, time },
  ]);
  const second = bytes.lastIndexOf('PK\x01\x02', bytes.length, 'latin1');
  bytes.writeUInt32LE(0, second + 42);
  return bytes;
}

describe('a zip', () => {
  it('that is sound differs by its entries, and not by their times', async () => {
    const [early, late] = [1, 0x5a21_0000].map((time) => zipBytes(entries('1').map((file) => ({ ...file, time }))));
    expect((await compareJars(early as Buffer, late as Buffer)).verdict).toBe('same');
    expect((await compareJars(zipBytes(entries('1')), zipBytes(entries('2')))).verdict).toBe('changed');
  });

  it('with overlapping entries is compared by its bytes', async () => {
    expect((await compareJars(overlapping('1', 1), overlapping('1', 2))).verdict).toBe('changed');
  });

  it('with one name twice is compared by its bytes', async () => {
    const twice = (time: number) => zipBytes([...entries('1'), ...entries('2')].map((file) => ({ ...file, time })));
    expect((await compareJars(twice(1), twice(2))).verdict).toBe('changed');
  });

  it('that is a bomb is compared by its bytes, in bounded time', async () => {
    const bomb = (time: number) =>
      zipBytes([{ name: 'zeros', content: Buffer.alloc(60 * 1024 * 1024), level: 9, time }]);
    expect((await compareJars(bomb(1), bomb(2))).verdict).toBe('changed');
  });

  it('that claims other sizes than it has is compared by its bytes', async () => {
    const lying = (time: number, size: number) => {
      const bytes = zipBytes(entries('1').map((file) => ({ ...file, time })));
      for (const [mark, at] of [
        ['PK\x03\x04', 22],
        ['PK\x01\x02', 24],
      ] as const) {
        bytes.writeUInt32LE(size, bytes.indexOf(mark, 0, 'latin1') + at);
      }
      return bytes;
    };
    for (const size of [0, 0x7fff_ffff, 0xffff_ffff]) {
      expect((await compareJars(lying(1, size), lying(2, size))).verdict).toBe('changed');
    }
  });

  it('cut off or damaged anywhere is compared by its bytes', async () => {
    const whole = zipBytes(entries('1'));
    for (let length = 0; length < whole.length; length += 7) {
      expect((await compareJars(whole, whole.subarray(0, length))).verdict).toBe('changed');
      const damaged = Buffer.from(whole);
      damaged[length] = (damaged[length] ?? 0) ^ 0x40;
      const comparison = await compareJars(whole, damaged);
      if (NOISE.some(([mark, field]) => isFieldOf(whole, mark, field, length))) continue;
      expect([length, comparison.verdict]).toEqual([length, 'changed']);
    }
  });
});

/** Versions of the format, times, and whether a file is text: no program that unpacks it goes by them. */
const NOISE = [
  ...[4, 5, 10, 11, 12, 13].map((field) => ['PK\x03\x04', field] as const),
  ...[4, 6, 7, 12, 13, 14, 15, 36, 37].map((field) => ['PK\x01\x02', field] as const),
];

function isFieldOf(bytes: Buffer, mark: string, field: number, at: number): boolean {
  const header = bytes.lastIndexOf(mark, at, 'latin1');
  return header >= 0 && at - header === field;
}

describe('files in files', () => {
  it('deeper than is looked are still compared', async () => {
    const nested = (text: string, levels: number) => {
      let bytes = zipBytes(entries(text));
      for (let level = 0; level < levels; level++) bytes = zipBytes([{ name: 'inner.jar', content: bytes }]);
      return bytes;
    };
    for (const levels of [1, 4, 8, 40]) {
      expect((await compareJars(nested('1', levels), nested('2', levels))).verdict).toBe('changed');
    }
  });

  it('of gzip that is a bomb, cut off or followed by other data are compared by their bytes', async () => {
    const log = (content: Uint8Array): TarLiteral[] => [{ path: 'srv/data.gz', content }];
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024), { level: 9 });
    const later = Buffer.from(bomb);
    later.writeUInt32LE(77, 4);
    expect((await compareFiles(log(bomb), log(later))).verdict).toBe('changed');
    const small = gzipSync('text');
    for (const other of [small.subarray(0, 15), Buffer.concat([small, Buffer.from('x')]), gzipSync('texu')]) {
      expect((await compareFiles(log(small), log(other))).verdict).toBe('changed');
    }
  });
});
