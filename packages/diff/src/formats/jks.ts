import { createHash } from 'node:crypto';
import { ByteReader, FormatError } from './byte-reader.js';
import type { KeyStoreEntry } from './key-store-entry.js';

const MAGIC = 0xfeedfeed;
const SUM_BYTES = 20;
const MAX_ENTRIES = 100_000;
const KEY = 1;
const CERTIFICATE = 2;

/** The password that Java's own trust store has had since its first version. */
export const DEFAULT_PASSWORD = 'changeit';

/** Whether these bytes start as a Java key store of the type JKS. */
export function isJks(head: Uint8Array): boolean {
  return head.length >= 12 && Buffer.from(head.subarray(0, 4)).readUInt32BE() === MAGIC;
}

/**
 * The entries of a JKS file (sun.security.provider.JavaKeyStore) without their dates. The sum at its end covers the dates and
 * the password, so it is left out only where it is right for the default password; any other throws a FormatError.
 */
export function readJks(content: Uint8Array): KeyStoreEntry[] {
  if (content.length < SUM_BYTES) throw new FormatError('jks: cut');
  const body = content.subarray(0, content.length - SUM_BYTES);
  const password = Buffer.from(DEFAULT_PASSWORD, 'utf16le').swap16();
  const sum = createHash('sha1').update(password).update('Mighty Aphrodite').update(body).digest();
  if (!sum.equals(content.subarray(content.length - SUM_BYTES)))
    throw new FormatError('jks: another password, or damaged');
  const reader = new ByteReader(body);
  reader.take(4);
  const version = reader.u32be();
  const count = reader.u32be();
  if ((version !== 1 && version !== 2) || count > MAX_ENTRIES)
    throw new FormatError('jks: unknown version, or too many entries');
  const entries = Array.from({ length: count }, () => readEntry(reader, version));
  if (reader.remaining > 0) throw new FormatError('jks: data after the entries');
  if (new Set(entries.map(({ alias }) => alias)).size !== count) throw new FormatError('jks: an alias is there twice');
  return entries;
}

function readEntry(reader: ByteReader, version: number): KeyStoreEntry {
  const tag = reader.u32be();
  const alias = readText(reader);
  reader.take(8);
  if (tag === CERTIFICATE) return { alias, content: ['certificate', ...readCertificate(reader, version)] };
  if (tag !== KEY) throw new FormatError(`jks: an entry of kind ${tag}`);
  const key = reader.take(reader.u32be());
  const length = reader.u32be();
  if (length > MAX_ENTRIES) throw new FormatError('jks: too long a chain');
  const chain = Array.from({ length }, () => readCertificate(reader, version));
  return { alias, content: ['key', key, ...chain.flat()] };
}

function readCertificate(reader: ByteReader, version: number): (string | Uint8Array)[] {
  const type = version === 1 ? '' : readText(reader);
  return [type, reader.take(reader.u32be())];
}

function readText(reader: ByteReader): string {
  return reader.take(reader.u16be()).toString('latin1');
}
