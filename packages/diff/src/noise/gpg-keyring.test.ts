import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const PATH = 'root/.gnupg/pubring.kbx';
const HEADER_BYTES = 32;
const SUM_BYTES = 20;
const read = (name: string) => readFileSync(new URL(`testdata/${name}`, import.meta.url));
const [ONE, LATER] = [read('keyring.kbx'), read('keyring-later.kbx')];

/** With another byte at a place of the key's blob, and the sum that belongs to it. */
function changed(at: number, keyring = LATER): Buffer {
  const bytes = Buffer.from(keyring);
  const blob = bytes.subarray(HEADER_BYTES);
  blob[at] = (blob[at] ?? 0) ^ 1;
  const sumAt = blob.length - SUM_BYTES;
  createHash('sha1').update(blob.subarray(0, sumAt)).digest().copy(blob, sumAt);
  return bytes;
}

/** Two records of a database of trust: the version, and one more. */
function trust(created: number, ownerTrust = 6, model = 1): Buffer {
  const bytes = Buffer.alloc(80);
  bytes.write('\x01gpg\x03\x03\x01\x05', 'latin1');
  bytes[8] = model;
  bytes.writeUInt32BE(created, 12);
  bytes[40] = 12;
  bytes[62] = ownerTrust;
  return bytes;
}

describe('gpg-keyring', () => {
  it.each([PATH, `${PATH}~`, 'usr/share/keyrings/acme.gpg'])(
    'hides when %s was made, and when its keys came in',
    (path) => {
      expect(ONE.equals(LATER)).toBe(false);
      expect(isSameButNoise(path, ONE, LATER)).toBe(true);
      expect(isSameButNoise(path, ONE.subarray(0, HEADER_BYTES), LATER.subarray(0, HEADER_BYTES))).toBe(true);
    },
  );

  it('keeps a key more, and every other byte of one', () => {
    expect(isSameButNoise(PATH, ONE, Buffer.concat([LATER, LATER.subarray(HEADER_BYTES)]))).toBe(false);
    const noisy = LATER.length - HEADER_BYTES - SUM_BYTES;
    const same = Array.from({ length: noisy }, (_, at) => at).filter((at) => isSameButNoise(PATH, ONE, changed(at)));
    // When the blob was made (at 0x56), and when the key and its user id came in.
    const [blob, key, uid] = [0x56, 0x9c, 0xc6].map((from) => [from, from + 1, from + 2, from + 3]);
    expect(same).toEqual([blob, key, uid].flat());
  });

  it('leaves alone what is damaged, or cut', () => {
    const damaged = Buffer.from(ONE);
    damaged[HEADER_BYTES + 100] = 0;
    expect(formed(PATH, damaged)).toBeUndefined();
    for (let length = HEADER_BYTES + 1; length < ONE.length; length += 1)
      expect(formed(PATH, ONE.subarray(0, length))).toBeUndefined();
  });

  it('hides when a database of trust was made, and keeps who is trusted and how', () => {
    const path = 'root/.gnupg/trustdb.gpg';
    expect(isSameButNoise(path, trust(1_794_640_403), trust(1_795_418_080))).toBe(true);
    expect(isSameButNoise(path, trust(1_794_640_403), trust(1_795_418_080, 5))).toBe(false);
    expect(isSameButNoise(path, trust(1_794_640_403), trust(1_795_418_080, 6, 3))).toBe(false);
    expect(isSameButNoise('app/data.gpg', trust(1_794_640_403), trust(1_795_418_080))).toBe(false);
  });
});
