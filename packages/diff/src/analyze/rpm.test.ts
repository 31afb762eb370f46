import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rpmReader } from './rpm.js';

const fixture = (name: string) => readFileSync(new URL(`./testdata/${name}`, import.meta.url));
const read = (content: Uint8Array) =>
  rpmReader.read(content, {
    path: 'var/lib/rpm/Packages',
    size: content.byteLength,
    mode: 0o644,
    head: content.subarray(0, 512),
  });

const expected = [
  {
    type: 'rpm',
    name: 'openssl-libs',
    version: '1:3.0.7-27.el9',
    sizeBytes: 4,
    architecture: 'noarch',
    files: ['usr/lib64/libssl.so.3', 'usr/share/doc/ssl'],
  },
  {
    type: 'rpm',
    name: 'zlib',
    version: '1.2.11-40.el9',
    sizeBytes: 4,
    architecture: 'noarch',
    files: ['usr/lib64/libz.so.1', 'usr/share/doc/zlib'],
  },
];

/** A header of strings only: tag, type 6 (string), offset, count. */
function header(fields: Readonly<Record<number, string>>): Buffer {
  const entries = Object.entries(fields);
  const data = Buffer.from(entries.map(([, value]) => `${value}\0`).join(''));
  const head = Buffer.alloc(8 + entries.length * 16);
  head.writeUInt32BE(entries.length, 0);
  head.writeUInt32BE(data.byteLength, 4);
  let offset = 0;
  for (const [at, [tag, value]] of entries.entries()) {
    [Number(tag), 6, offset, 1].forEach((number, field) => {
      head.writeUInt32BE(number, 8 + at * 16 + field * 4);
    });
    offset += Buffer.byteLength(value) + 1;
  }
  return Buffer.concat([head, data]);
}

/** An ndb database of one page of slots and then the blobs, in blocks of 16 bytes. */
function ndb(blobs: readonly Uint8Array[]): Buffer {
  const slots = Buffer.alloc(4096);
  slots.write('RpmP', 0);
  slots.writeUInt32LE(1, 12);
  const parts: Buffer[] = [slots];
  let block = 4096 / 16;
  for (let slot = 2; slot < 256; slot += 1) {
    slots.write('Slot', slot * 16);
    const blob = blobs[slot - 2];
    if (!blob) continue;
    const stored = Buffer.alloc(Math.ceil((16 + blob.byteLength) / 16) * 16);
    stored.write('BlbS', 0);
    stored.writeUInt32LE(slot - 1, 4);
    stored.writeUInt32LE(blob.byteLength, 12);
    stored.set(blob, 16);
    slots.writeUInt32LE(slot - 1, slot * 16 + 4);
    slots.writeUInt32LE(block, slot * 16 + 8);
    slots.writeUInt32LE(stored.byteLength / 16, slot * 16 + 12);
    block += stored.byteLength / 16;
    parts.push(stored);
  }
  return Buffer.concat(parts);
}

describe('an rpm database', () => {
  it.each(['rpm-512-byte-pages.bdb', 'rpm-512-byte-pages.sqlite'])(
    '%s gives its packages, versions, sizes and files',
    async (name) => {
      const facts = await read(fixture(name));
      expect([...facts].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(expected);
    },
  );

  it('in ndb gives its packages', async () => {
    const blobs = [header({ 1000: 'bash', 1001: '5.2', 1002: '3' }), header({ 1000: 'glibc', 1001: '2.38' })];
    expect(await read(ndb(blobs))).toEqual([
      { type: 'rpm', name: 'bash', version: '5.2-3' },
      { type: 'rpm', name: 'glibc', version: '2.38' },
    ]);
  });

  it.each(['rpm-512-byte-pages.bdb', 'rpm-512-byte-pages.sqlite'])(
    '%s cut anywhere or with a byte broken neither throws nor hangs',
    async (name) => {
      const whole = fixture(name);
      for (let at = 0; at < whole.byteLength; at += 37) {
        await read(whole.subarray(0, at));
        const broken = Buffer.from(whole);
        broken[at] = (broken[at] ?? 0) ^ 0xff;
        await read(broken);
      }
    },
  );
});

describe('an rpm header', () => {
  it.each([
    ['nothing', Buffer.alloc(0)],
    ['absurd counts', Buffer.alloc(64, 0xff)],
    ['no name', header({ 1001: '1' })],
    ['strings past its end', header({ 1000: 'a', 1001: '1' }).subarray(0, 41)],
  ])('with %s is no package, and the others are', async (_, blob) => {
    const bash = header({ 1000: 'bash', 1001: '5.2' });
    expect(await read(ndb([blob, bash]))).toEqual([{ type: 'rpm', name: 'bash', version: '5.2' }]);
  });
});
