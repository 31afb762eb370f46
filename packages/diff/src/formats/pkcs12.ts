import { createDecipheriv, createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { FormatError } from './byte-reader.js';
import { type DerValue, explicit0, inside, integer, octets, oid, readDer, SET } from './der.js';
import { DEFAULT_PASSWORD } from './jks.js';
import type { KeyStoreEntry } from './key-store-entry.js';

/** Object identifiers (RFC 7292, RFC 8018), as hex of their content. */
const DATA = '2a864886f70d010701';
const ENCRYPTED_DATA = '2a864886f70d010706';
const CERT_BAG = '2a864886f70d010c0a0103';
const KEY_BAG = '2a864886f70d010c0a0102';
const FRIENDLY_NAME = '2a864886f70d010914';
const LOCAL_KEY_ID = '2a864886f70d010915';
const PBES2 = '2a864886f70d01050d';
const PBKDF2 = '2a864886f70d01050c';
const PRFS: Readonly<Record<string, string>> = {
  '2a864886f70d0207': 'sha1',
  '2a864886f70d0209': 'sha256',
  '2a864886f70d020b': 'sha512',
};
const CIPHERS: Readonly<Record<string, { readonly name: string; readonly keyBytes: number }>> = {
  '60864801650304012a': { name: 'aes-256-cbc', keyBytes: 32 },
  '608648016503040102': { name: 'aes-128-cbc', keyBytes: 16 },
};
const MAC_HASHES: Readonly<Record<string, string>> = { '2b0e03021a': 'sha1', '608648016503040201': 'sha256' };

/** A hostile file could ask for years of work. */
const MAX_ITERATIONS = 200_000;
const MAX_CONTENTS = 16;

/** Whether these bytes start as a PFX: a sequence of version 3. */
export function isPkcs12(head: Uint8Array): boolean {
  if (head[0] !== 0x30 || head.length < 16) return false;
  const at = (head[1] as number) < 0x80 ? 2 : 2 + ((head[1] as number) & 0x7f);
  return head[at] === 2 && head[at + 1] === 1 && head[at + 2] === 3 && head[at + 3] === 0x30;
}

/**
 * The entries of a PKCS #12 store (RFC 7292) whose password is Java's default one or which is not encrypted at all, as newer
 * JDKs ship it. Throws a FormatError for another password and for algorithms that are not known here (RC2, triple DES).
 */
export function readPkcs12(content: Uint8Array): KeyStoreEntry[] {
  const [pfx, ...rest] = readDer(content);
  if (rest.length > 0) throw new FormatError('pkcs12: data after the store');
  const [version, authSafe, mac, ...more] = inside(pfx);
  if (integer(version) !== 3 || more.length > 0) throw new FormatError('pkcs12: another version');
  const safe = dataOf(authSafe);
  const sum = checkedSum(mac, safe);
  const contents = inside(readDer(safe)[0]);
  if (contents.length > MAX_CONTENTS) throw new FormatError(`pkcs12: more than ${MAX_CONTENTS} contents`);
  const bags = contents.flatMap((info) => {
    const { bytes, protection } = contentOf(info);
    return inside(readDer(bytes)[0]).map((bag) => ({ bag, protection: `${sum}, ${protection}` }));
  });
  const keys = bags.filter(({ bag }) => oid(inside(bag)[0]) === KEY_BAG);
  if (keys.length > 1) throw new FormatError('pkcs12: which certificate is of which key is not looked at');
  const timeIds: string[] = [];
  const entries = bags.map(({ bag, protection }) => entryOf(bag, protection, timeIds));
  // Java takes the last certificate of an alias, and an alias in any case.
  const aliases = entries
    .filter((_, at) => !keys.some((key) => key === bags[at]))
    .map(({ alias }) => alias.toLowerCase());
  const named = aliases.filter((alias) => alias !== '');
  if (new Set(named).size !== named.length) throw new FormatError('pkcs12: an alias is there twice');
  return entries;
}

/** `timeIds` are those that were seen so far. */
function entryOf(bag: DerValue, protection: string, timeIds: string[]): KeyStoreEntry {
  const [kind, value, attributes] = inside(bag);
  const about = attributes === undefined ? [] : inside(attributes, SET);
  const [names, others] = [about.filter(isNamed(FRIENDLY_NAME)), about.filter((one) => !isNamed(FRIENDLY_NAME)(one))];
  const alias = names.map(({ whole }) => textOf(whole)).join();
  const described = others.map((one) => {
    const hex = one.whole.toString('hex');
    if (!isTimeId(one)) return hex;
    if (!timeIds.includes(hex)) timeIds.push(hex);
    return `time ${timeIds.indexOf(hex)}`;
  });
  return { alias, content: [protection, oid(kind), ...bodyOf(oid(kind), value), ...described.sort()] };
}

/** What a bag holds; of a key also how it is encrypted. */
function bodyOf(kind: string, value: DerValue | undefined): (string | Uint8Array)[] {
  if (kind === CERT_BAG) return [explicit0(value).whole];
  if (kind !== KEY_BAG) throw new FormatError('pkcs12: a bag that is neither certificate nor encrypted key');
  const [algorithm, encrypted] = inside(explicit0(value));
  const { bytes, protection } = decrypt(algorithm, octets(encrypted));
  return [protection, bytes];
}

function isNamed(name: string): (attribute: DerValue) => boolean {
  return (attribute) => oid(inside(attribute)[0]) === name;
}

/** Java numbers a key and its certificate by the time at which they came in: `Time 1716205030123`. Which is whose says that. */
function isTimeId(attribute: DerValue): boolean {
  return isNamed(LOCAL_KEY_ID)(attribute) && /Time \d{13}$/.test(attribute.content.toString('latin1'));
}

/** A friendlyName is a set of one BMPString. */
function textOf(attribute: Buffer): string {
  const [, values] = inside(readDer(attribute)[0]);
  const text = inside(values, SET)[0]?.content;
  if (text === undefined || text.length % 2 === 1) throw new FormatError('pkcs12: a name that is not a BMPString');
  return Buffer.from(text).swap16().toString('utf16le');
}

function dataOf(info: DerValue | undefined): Buffer {
  const [kind, content] = inside(info);
  if (oid(kind) !== DATA) throw new FormatError('pkcs12: signed, not plain data');
  return octets(explicit0(content));
}

/** What was protected, and how: one Java does not know what another does, and without a password reads only what is not encrypted. */
interface Content {
  readonly bytes: Buffer;
  readonly protection: string;
}

/** Of one ContentInfo: plain, or decrypted. */
function contentOf(info: DerValue): Content {
  const [kind, content] = inside(info);
  if (oid(kind) === DATA) return { bytes: octets(explicit0(content)), protection: 'not encrypted' };
  if (oid(kind) !== ENCRYPTED_DATA) throw new FormatError('pkcs12: content of an unknown kind');
  const [, encrypted] = inside(explicit0(content));
  const [, algorithm, bytes] = inside(encrypted);
  if (bytes?.tag !== 0x80) throw new FormatError('pkcs12: encrypted content is missing');
  return decrypt(algorithm, bytes.content);
}

function decrypt(algorithm: DerValue | undefined, bytes: Buffer): Content {
  const [scheme, parameters] = inside(algorithm);
  if (oid(scheme) !== PBES2) throw new FormatError('pkcs12: encrypted by an old scheme');
  const [derivation, encryption] = inside(parameters);
  const [derivationKind, derivationParameters] = inside(derivation);
  const [salt, iterations, ...optional] = inside(derivationParameters);
  const [cipherKind, iv] = inside(encryption);
  const cipher = CIPHERS[oid(cipherKind)];
  const prfValue = optional.find(({ tag }) => tag === 0x30);
  const prf = prfValue === undefined ? 'sha1' : PRFS[oid(inside(prfValue)[0])];
  if (oid(derivationKind) !== PBKDF2 || cipher === undefined || prf === undefined)
    throw new FormatError('pkcs12: an unknown algorithm');
  const key = pbkdf2Sync(DEFAULT_PASSWORD, octets(salt), bounded(integer(iterations)), cipher.keyBytes, prf);
  try {
    const decipher = createDecipheriv(cipher.name, key, octets(iv));
    return {
      bytes: Buffer.concat([decipher.update(bytes), decipher.final()]),
      protection: `${cipher.name} by ${prf}`,
    };
  } catch {
    throw new FormatError('pkcs12: another password, or damaged');
  }
}

/** The kind of sum over the store, which tells whether the password is the default one; a store without a sum has no password. */
function checkedSum(mac: DerValue | undefined, safe: Buffer): string {
  if (mac === undefined) return 'no password';
  const [info, salt, iterations] = inside(mac);
  const [algorithm, sum] = inside(info);
  const hash = MAC_HASHES[oid(inside(algorithm)[0])];
  if (hash === undefined) throw new FormatError('pkcs12: an unknown sum');
  const key = macKey(hash, octets(salt), iterations === undefined ? 1 : bounded(integer(iterations)));
  if (!createHmac(hash, key).update(safe).digest().equals(octets(sum)))
    throw new FormatError('pkcs12: another password, or damaged');
  return `default password, ${hash}`;
}

function bounded(iterations: number): number {
  if (iterations < 1 || iterations > MAX_ITERATIONS) throw new FormatError(`pkcs12: ${iterations} iterations`);
  return iterations;
}

/** RFC 7292, appendix B.2, with purpose 3 (a MAC key), for hashes with blocks of 64 bytes. */
function macKey(hash: string, salt: Buffer, iterations: number): Buffer {
  const block = 64;
  const password = Buffer.from(`${DEFAULT_PASSWORD}\0`, 'utf16le').swap16();
  const fill = (bytes: Buffer) => Buffer.alloc(Math.ceil(bytes.length / block) * block, bytes);
  if (salt.length === 0) throw new FormatError('pkcs12: no salt');
  let key = createHash(hash).update(Buffer.alloc(block, 3)).update(fill(salt)).update(fill(password)).digest();
  for (let round = 1; round < iterations; round++) key = createHash(hash).update(key).digest();
  return key;
}
