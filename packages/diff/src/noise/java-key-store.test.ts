import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const PATH = 'etc/ssl/certs/java/cacerts';
const isSame = (a: Uint8Array, b: Uint8Array) => isSameButNoise(PATH, a, b);

/** A JKS file with these trusted certificates. */
function jks(certificates: Readonly<Record<string, string>>, date: number, password = 'changeit'): Buffer {
  const number = (value: number) =>
    Buffer.from([value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff]);
  const text = (value: string) => Buffer.concat([number(value.length).subarray(2), Buffer.from(value)]);
  const entries = Object.entries(certificates).map(([alias, certificate]) =>
    Buffer.concat([
      number(2),
      text(alias),
      number(0),
      number(date),
      text('X.509'),
      number(certificate.length),
      Buffer.from(certificate),
    ]),
  );
  const body = Buffer.concat([number(0xfeedfeed), number(2), number(entries.length), ...entries]);
  const key = Buffer.from(password, 'utf16le').swap16();
  return Buffer.concat([body, createHash('sha1').update(key).update('Mighty Aphrodite').update(body).digest()]);
}

function der(tag: number, ...content: readonly (Buffer | string)[]): Buffer {
  const bytes = Buffer.concat(content.map((piece) => Buffer.from(piece)));
  const length = bytes.length < 0x80 ? [bytes.length] : [0x82, bytes.length >> 8, bytes.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), bytes]);
}

const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));

/** A PKCS #12 store without a password and with these certificates, each with the attributes at its place. */
function pkcs12(certificates: readonly string[], attributes: readonly (Buffer | undefined)[]): Buffer {
  const data = (content: Buffer) => der(0x30, oid('2a864886f70d010701'), der(0xa0, der(0x04, content)));
  const bags = certificates.map((certificate, at) => {
    const about = attributes[at];
    const said = about === undefined ? [] : [der(0x31, about)];
    return der(0x30, oid('2a864886f70d010c0a0103'), der(0xa0, der(0x04, certificate)), ...said);
  });
  return der(0x30, der(0x02, Buffer.from([3])), data(der(0x30, data(der(0x30, ...bags)))));
}

/** With two certificates, of which that at `of` says that it is a key's of this second. */
function chained(of: number, second: number): Buffer {
  const id = der(0x30, oid('2a864886f70d010915'), der(0x31, der(0x04, `Time 171620503012${second}`)));
  return pkcs12(['AAA', 'BBB'], of === 0 ? [id] : [undefined, id]);
}

/** With certificates of these aliases. */
function named(certificates: readonly (readonly [alias: string, certificate: string])[]): Buffer {
  const attribute = (alias: string) =>
    der(0x30, oid('2a864886f70d010914'), der(0x31, der(0x1e, Buffer.from(alias, 'utf16le').swap16())));
  return pkcs12(
    certificates.map(([, certificate]) => certificate),
    certificates.map(([alias]) => attribute(alias)),
  );
}

describe('java-key-store, JKS', () => {
  const store = jks({ one: 'AAA', two: 'BBB' }, 1);

  it('hides the date and the order of its entries', () => {
    expect(isSame(store, jks({ two: 'BBB', one: 'AAA' }, 2))).toBe(true);
  });

  it.each<[string, Buffer]>([
    ['another certificate', jks({ one: 'AAA', two: 'BBC' }, 1)],
    ['a certificate more', jks({ one: 'AAA', two: 'BBB', three: 'CCC' }, 1)],
    ['a certificate less', jks({ one: 'AAA' }, 1)],
    ['another alias', jks({ one: 'AAA', tow: 'BBB' }, 1)],
    ['another password', jks({ one: 'AAA', two: 'BBB' }, 1, 'secret')],
  ])('keeps %s', (_, other) => {
    expect(isSame(store, other)).toBe(false);
  });

  it('names aliases', () => {
    expect(formed(PATH, store)?.parts?.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('leaves alone a store with another password, and a damaged one', () => {
    expect(formed(PATH, jks({ one: 'AAA' }, 1, 'secret'))).toBeUndefined();
    expect(formed(PATH, store.subarray(0, -1))).toBeUndefined();
  });
});

describe('java-key-store, PKCS #12', () => {
  const read = (name: string) => readFileSync(new URL(`./testdata/trust-store${name}.p12`, import.meta.url));
  const store = read('');

  it('hides salts and the order of its entries', () => {
    expect(isSame(store, read('-written-again'))).toBe(true);
  });

  it('keeps another certificate under an alias', () => {
    expect(isSame(store, read('-other-certificate'))).toBe(false);
  });

  it('keeps how it is protected, without which one Java or another can not read it', () => {
    expect(isSame(read('-encrypted'), read('-not-encrypted'))).toBe(false);
    expect(isSame(read('-encrypted'), read('-summed-by-sha1'))).toBe(false);
  });

  it('keeps which certificate is the key’s, whenever it came in', () => {
    expect(isSame(chained(0, 1), chained(0, 2))).toBe(true);
    expect(isSame(chained(0, 1), chained(1, 1))).toBe(false);
  });

  it('keeps the order of certificates of one alias, of which Java takes the last', () => {
    const stores = (one: string, other: string) =>
      [
        named([
          [one, 'AAA'],
          [other, 'BBB'],
        ]),
        named([
          [other, 'BBB'],
          [one, 'AAA'],
        ]),
      ] as const;
    expect(isSame(...stores('ca', 'root'))).toBe(true);
    expect(isSame(...stores('ca', 'CA'))).toBe(false);
  });

  it('names aliases', () => {
    expect(formed(PATH, store)?.parts?.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('leaves alone a store with another password, and a damaged one', () => {
    expect(formed(PATH, read('-other-password'))).toBeUndefined();
    expect(formed(PATH, store.subarray(0, 500))).toBeUndefined();
    expect(formed(PATH, Buffer.concat([store, Buffer.from([0])]))).toBeUndefined();
  });
});
