import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const SQLITE = 'var/lib/rpm/rpmdb.sqlite';
const BDB = 'var/lib/rpm/Packages';
const NDB = 'usr/lib/sysimage/rpm/Packages.db';
const read = (name: string, form = 'sqlite') =>
  readFileSync(new URL(`./testdata/rpmdb-${name}.${form}`, import.meta.url));

/** A header with a name, a version and an install time. */
function header(name: string, version: string, time: number): Buffer {
  const data = Buffer.concat([Buffer.from(`${name}\0${version}\0`.padEnd(32, '\0')), Buffer.alloc(4)]);
  data.writeUInt32BE(time, 32);
  const index = [
    [1000, 6, 0, 1],
    [1001, 6, name.length + 1, 1],
    [1008, 4, 32, 1],
  ];
  const words = Buffer.alloc(8 + index.length * 16);
  [index.length, data.length, ...index.flat()].forEach((word, at) => {
    words.writeUInt32BE(word, at * 4);
  });
  return Buffer.concat([words, data]);
}

const SLOT = 1024;

/** An ndb database with one page of slots. */
function ndb(headers: readonly Buffer[]): Buffer {
  const bytes = Buffer.alloc(4096 + headers.length * SLOT);
  const write = (at: number, ...words: readonly (number | string)[]) =>
    words.forEach((word, index) => {
      if (typeof word === 'string') bytes.write(word, at + index * 4, 'latin1');
      else bytes.writeUInt32LE(word, at + index * 4);
    });
  write(0, 'RpmP', 0, 0, 1);
  for (let slot = 2; slot < 256; slot++) write(slot * 16, 'Slot');
  headers.forEach((blob, at) => {
    const start = 4096 + at * SLOT;
    write((at + 2) * 16, 'Slot', at + 1, start / 16, Math.ceil(blob.length / 16));
    write(start, 'BlbS', at + 1, 0, blob.length);
    blob.copy(bytes, start + 16);
  });
  return bytes;
}

describe('rpm-database', () => {
  it('hides install times, the order and free pages of SQLite', () => {
    expect(isSameButNoise(SQLITE, read('first'), read('again'))).toBe(true);
  });

  it('keeps another version, and names the package', () => {
    expect(isSameButNoise(SQLITE, read('first'), read('other'))).toBe(false);
    const values = (name: string) => new Map(formed(SQLITE, read(name))?.parts?.map((part) => [part.name, part.value]));
    expect(values('first').size).toBe(31);
    expect(values('first').get('p07.noarch')).toBe('1.7-1');
    expect(values('other').get('p07.noarch')).toBe('1.99-1');
  });

  it('reads ndb the same way', () => {
    const [a, b] = [header('a', '1', 1), header('b', '1', 1)];
    expect(isSameButNoise(NDB, ndb([a, b]), ndb([header('b', '1', 2), header('a', '1', 3)]))).toBe(true);
    expect(isSameButNoise(NDB, ndb([a, b]), ndb([a, header('b', '2', 1)]))).toBe(false);
    expect(isSameButNoise(NDB, ndb([a, b]), ndb([a]))).toBe(false);
  });

  it('reads Berkeley DB the same way', () => {
    const bdb = (name: string) => read(name, 'bdb');
    expect(isSameButNoise(BDB, bdb('first'), bdb('again'))).toBe(true);
    expect(isSameButNoise(BDB, bdb('first'), bdb('other'))).toBe(false);
    const [first, sqlite] = [formed(BDB, bdb('first')), formed(SQLITE, read('first'))];
    expect(first?.parts).toEqual(sqlite?.parts);
    expect(first?.digest).toBe(sqlite?.digest);
  });

  it('finds another letter of a name or version in Berkeley DB, and neither throws nor hangs at a broken file', () => {
    const whole = read('first', 'bdb');
    const form = formed(BDB, whole);
    const name = whole.indexOf('p07');
    for (let at = 0; at < whole.length; at += 41) {
      const broken = Buffer.from(whole);
      broken[at] = (broken[at] ?? 0) ^ 0xff;
      formed(BDB, broken);
      formed(BDB, whole.subarray(0, at));
    }
    for (let at = name; at < name + 8; at++) {
      const other = Buffer.from(whole);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(formed(BDB, other)?.digest).not.toBe(form?.digest);
    }
  });

  it.each<[string, string, Uint8Array]>([
    ['a cut Berkeley DB', BDB, read('first', 'bdb').subarray(0, 4096)],
    ['a Berkeley DB that is encrypted', BDB, read('first', 'bdb').fill(1, 24, 25)],
    ['a cut SQLite file', SQLITE, read('first').subarray(0, 2048)],
    ['a cut ndb file', NDB, ndb([header('a', '1', 1)]).subarray(0, 4100)],
    ['a row that is no header', NDB, ndb([Buffer.from('not a header')])],
    ['another database', SQLITE, Buffer.from('SQLite')],
  ])('leaves alone %s', (_, path, bytes) => {
    expect(formed(path, bytes)).toBeUndefined();
  });

  it('leaves alone a header whose values overlap, which would take forever to hash', () => {
    const blob = header('a', '1', 1);
    const index = Array.from({ length: 50 }, (_, at) => [2000 + at, 7, 0, 36]);
    const words = Buffer.alloc(8 + index.length * 16);
    [index.length, 36, ...index.flat()].forEach((word, at) => {
      words.writeUInt32BE(word, at * 4);
    });
    expect(formed(NDB, ndb([Buffer.concat([words, blob.subarray(-36)])]))).toBeUndefined();
  });

  it('leaves alone a tree of pages that runs in a circle', () => {
    const bytes = Buffer.from(read('first'));
    for (let page = 512; page < bytes.length; page += 512)
      if (bytes[page] === 5) bytes.writeUInt32BE(page / 512 + 1, page + 8);
    expect(formed(SQLITE, bytes)).toBeUndefined();
  });
});
