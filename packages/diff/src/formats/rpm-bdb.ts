import { bufferOf, FormatError } from './byte-reader.js';

const HASH_MAGIC = 0x00061561;
const PAGE_HEADER = 26;
const PAGE = { free: 0, hashUnsorted: 2, overflow: 7, hashMeta: 8, hash: 13 } as const;
const ITEM = { inline: 1, offPage: 3 } as const;

interface Database {
  readonly bytes: Buffer;
  readonly pageBytes: number;
  readonly u16: (at: number) => number;
  readonly u32: (at: number) => number;
}

/** Whether these bytes start as a Berkeley DB hash, as rpm's `Packages` was until rpm 4.16. */
export function isBdb(head: Uint8Array): boolean {
  if (head.length < 16) return false;
  const bytes = bufferOf(head);
  return bytes.readUInt32LE(12) === HASH_MAGIC || bytes.readUInt32BE(12) === HASH_MAGIC;
}

/**
 * The headers in a Berkeley DB hash (db 5.3, src/dbinc/db_page.h) with rpm's keys: numbers of packages, and 0 for the next free one.
 * Strict, since a header that is passed over would be a change that is not seen: every page of the file is looked at, and one that is
 * not understood throws a FormatError.
 */
export function readBdbHeaders(content: Uint8Array): Buffer[] {
  const database = openDatabase(content);
  const { bytes, pageBytes } = database;
  const headers: Buffer[] = [];
  // Values lie on pages of their own, so all of them together are no larger than the file.
  let bytesLeft = bytes.length;
  for (let page = pageBytes; page < bytes.length; page += pageBytes) {
    const type = bytes[page + 25];
    if (type === PAGE.free || type === PAGE.overflow) continue;
    if (type !== PAGE.hash && type !== PAGE.hashUnsorted) throw new FormatError(`bdb: a page of type ${type}`);
    for (const { key, value } of pairsOf(database, page)) {
      bytesLeft -= value.length;
      if (bytesLeft < 0) throw new FormatError('bdb: values that overlap');
      if (key !== 0) headers.push(value);
      else if (value.length !== 4) throw new FormatError('bdb: a package without a number');
    }
  }
  return headers;
}

function openDatabase(content: Uint8Array): Database {
  const bytes = bufferOf(content);
  const little = bytes.readUInt32LE(12) === HASH_MAGIC;
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const u16 = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const pageBytes = u32(20);
  const isSize = pageBytes >= 512 && pageBytes <= 65_536 && (pageBytes & (pageBytes - 1)) === 0;
  // An encrypted file, or one with checksums, has pages of another form.
  const isPlain = bytes[24] === 0 && bytes[25] === PAGE.hashMeta && bytes[26] === 0;
  if (!isSize || !isPlain) throw new FormatError('bdb: no plain hash');
  if (bytes.length % pageBytes !== 0 || bytes.length < (u32(32) + 1) * pageBytes) throw new FormatError('bdb: cut');
  return { bytes, pageBytes, u16, u32 };
}

/** Items lie from the page's end backwards: a key, its value, the next key. */
function* pairsOf(database: Database, page: number): Generator<{ readonly key: number; readonly value: Buffer }> {
  const { bytes, pageBytes, u16, u32 } = database;
  const count = u16(page + 20);
  const lowest = PAGE_HEADER + count * 2;
  if (count % 2 !== 0 || lowest > pageBytes) throw new FormatError('bdb: a key without a value');
  let end = pageBytes;
  const next = (at: number): Buffer => {
    const start = u16(page + PAGE_HEADER + at * 2);
    if (start < lowest || start >= end) throw new FormatError('bdb: items that overlap');
    const item = bytes.subarray(page + start, page + end);
    end = start;
    return item;
  };
  for (let at = 0; at < count; at += 2) {
    const key = next(at);
    if (key[0] !== ITEM.inline || key.length !== 5) throw new FormatError('bdb: a key that is no number');
    const keyAt = page + end + 1;
    yield { key: u32(keyAt), value: readValue(database, next(at + 1), page + end) };
  }
}

function readValue(database: Database, item: Buffer, at: number): Buffer {
  if (item[0] === ITEM.inline) return item.subarray(1);
  if (item[0] !== ITEM.offPage || item.length !== 12) throw new FormatError(`bdb: a value of type ${item[0]}`);
  return readOverflow(database, database.u32(at + 4), database.u32(at + 8));
}

function readOverflow({ bytes, pageBytes, u16, u32 }: Database, firstPage: number, length: number): Buffer {
  if (length > bytes.length) throw new FormatError('bdb: a value that is larger than its file');
  const parts: Buffer[] = [];
  let left = length;
  for (let page = firstPage * pageBytes; left > 0; page = u32(page + 16) * pageBytes) {
    if (page === 0 || page >= bytes.length || bytes[page + 25] !== PAGE.overflow)
      throw new FormatError('bdb: a broken chain');
    const size = u16(page + 22);
    if (size === 0 || size > left || size > pageBytes - PAGE_HEADER) throw new FormatError('bdb: a broken chain');
    parts.push(bytes.subarray(page + PAGE_HEADER, page + PAGE_HEADER + size));
    left -= size;
  }
  return Buffer.concat(parts, length);
}
