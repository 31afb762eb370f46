import { crc32 } from 'node:zlib';
import { ByteReader, bufferOf, FormatError } from './byte-reader.js';
import { inflateRaw } from './inflate.js';

/** Most entries that are looked at in one archive. */
export const MAX_ZIP_ENTRIES = 65_534;

/** One entry of a zip archive (PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4). */
export interface ZipEntry {
  /** UTF-8, or one character a byte where that is not what the name's bytes are. */
  readonly name: string;
  readonly rawName: Buffer;
  /** Whether a name that is not ASCII is marked as UTF-8; false for ASCII names. */
  readonly isMarkedUtf8: boolean;
  readonly isStored: boolean;
  readonly size: number;
  /** The system that the attributes are of, and the attributes: Unix modes in the high 16 bits where it is 3. */
  readonly host: number;
  readonly attributes: number;
  readonly comment: Buffer;
  /** Extra fields but those of times and padding: id and data. */
  readonly extra: readonly { readonly id: number; readonly data: Buffer }[];
  /** Unpacks and checks size and CRC; throws a FormatError. */
  read(): Buffer;
}

export interface ZipArchive {
  /** What makes a program of it (`#!/usr/bin/env python3`); empty for most. */
  readonly script: Buffer;
  readonly entries: readonly ZipEntry[];
  readonly comment: Buffer;
}

interface Record extends Omit<ZipEntry, 'read'> {
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly packedSize: number;
  readonly offset: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const DESCRIPTOR = 0x08074b50;
const END_BYTES = 22;
const LOCAL_BYTES = 30;
const FLAG_DESCRIPTOR = 0x08;
const FLAG_UTF8 = 0x0800;
/** Encryption of any kind, patched data, masked headers. */
const FLAGS_UNREADABLE = 0x01 | 0x20 | 0x40 | 0x2000;
/** Times (NTFS, extended, old Unix), the JDK's magic marker, zipalign's padding. */
const NOISY_EXTRA = new Set([0x000a, 0x5455, 0x5855, 0xcafe, 0xd935]);

/**
 * Reads a zip archive strictly: its entries must cover the file from its first byte, or from the end of a script, to the central
 * directory without gap or overlap, headers and directory must agree, and no name may be there twice. What is not so
 * (self-extracting by a program, signed APK, encrypted, zip64, several disks, bombs of overlapping entries) throws a FormatError.
 */
export function readZip(content: Uint8Array): ZipArchive {
  const bytes = bufferOf(content);
  const end = readEnd(bytes);
  const records = readDirectory(bytes.subarray(end.directoryStart, end.directoryEnd), end.count);
  checkNames(records);
  const byOffset = [...records].sort((a, b) => a.offset - b.offset);
  const data = new Map<Record, Buffer>();
  const script = scriptOf(bytes.subarray(0, byOffset[0]?.offset));
  let at = script.length;
  byOffset.forEach((record, index) => {
    if (record.offset !== at) throw new FormatError(`zip: bytes of no entry, or of two, at ${at}`);
    at = byOffset[index + 1]?.offset ?? end.directoryStart;
    data.set(record, readLocal(bytes.subarray(record.offset, at), record));
  });
  if (at !== end.directoryStart) throw new FormatError('zip: bytes before the central directory are of no entry');
  return {
    script,
    comment: end.comment,
    entries: records.map((record) => ({ ...record, read: () => unpack(record, data.get(record) as Buffer) })),
  };
}

/** Python's zipapp and Spring Boot's launch script: offsets count from the start of the file, as those of any entry. */
function scriptOf(before: Buffer): Buffer {
  return before.toString('latin1', 0, 2) === '#!' ? before : before.subarray(0, 0);
}

function readEnd(bytes: Buffer) {
  for (let at = bytes.length - END_BYTES; at >= Math.max(0, bytes.length - END_BYTES - 0xffff); at--) {
    if (bytes.readUInt32LE(at) !== END) continue;
    const comment = bytes.subarray(at + END_BYTES);
    if (bytes.readUInt16LE(at + 20) !== comment.length) continue;
    const [disk, directoryDisk] = [bytes.readUInt16LE(at + 4), bytes.readUInt16LE(at + 6)];
    const [countHere, count] = [bytes.readUInt16LE(at + 8), bytes.readUInt16LE(at + 10)];
    const size = bytes.readUInt32LE(at + 12);
    const directoryStart = bytes.readUInt32LE(at + 16);
    if (disk !== 0 || directoryDisk !== 0 || countHere !== count || count > MAX_ZIP_ENTRIES) {
      throw new FormatError('zip: several disks or too many entries');
    }
    if (directoryStart + size !== at)
      throw new FormatError('zip: the central directory does not end where the file does');
    return { comment, count, directoryStart, directoryEnd: at };
  }
  throw new FormatError('zip: no end of central directory');
}

function readDirectory(bytes: Buffer, count: number): Record[] {
  const reader = new ByteReader(bytes);
  const records: Record[] = [];
  for (let index = 0; index < count; index++) {
    if (reader.u32le() !== CENTRAL) throw new FormatError('zip: no central header where one is due');
    reader.take(1);
    const host = reader.u8();
    reader.take(2);
    const [flags, method] = [reader.u16le(), reader.u16le()];
    reader.take(4);
    const [crc, packedSize, size] = [reader.u32le(), reader.u32le(), reader.u32le()];
    const [nameLength, extraLength, commentLength] = [reader.u16le(), reader.u16le(), reader.u16le()];
    const disk = reader.u16le();
    reader.take(2);
    const [attributes, offset] = [reader.u32le(), reader.u32le()];
    const rawName = reader.take(nameLength);
    const extra = readExtra(reader.take(extraLength));
    const comment = reader.take(commentLength);
    if ((flags & FLAGS_UNREADABLE) !== 0 || disk !== 0) throw new FormatError('zip: an entry that cannot be read');
    if (method !== 0 && method !== 8) throw new FormatError(`zip: compression method ${method}`);
    const name = nameOf(rawName);
    const isMarkedUtf8 = (flags & FLAG_UTF8) !== 0 && rawName.some((byte) => byte > 0x7f);
    records.push({
      name,
      rawName,
      isMarkedUtf8,
      isStored: method === 0,
      host,
      attributes,
      comment,
      extra,
      method,
      flags,
      crc,
      packedSize,
      size,
      offset,
    });
  }
  if (reader.remaining > 0) throw new FormatError('zip: more in the central directory than its entries');
  return records;
}

/** Gives back the packed data of the entry that fills exactly these bytes. */
function readLocal(bytes: Buffer, record: Record): Buffer {
  const reader = new ByteReader(bytes);
  const header = reader.take(LOCAL_BYTES);
  const sizes = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)];
  const wanted = [record.crc, record.packedSize, record.size];
  const isLater = (record.flags & FLAG_DESCRIPTOR) !== 0;
  const isAgreed = (some: readonly number[]) => some.every((value, index) => value === wanted[index]);
  const isKnown = isAgreed(sizes) || (isLater && sizes.every((value) => value === 0));
  if (header.readUInt32LE(0) !== LOCAL || header.readUInt16LE(8) !== record.method || !isKnown) {
    throw new FormatError(`zip: header and directory disagree on ${record.name}`);
  }
  if (header.readUInt16LE(6) !== record.flags || !reader.take(header.readUInt16LE(26)).equals(record.rawName)) {
    throw new FormatError(`zip: header and directory disagree on ${record.name}`);
  }
  const extra = readExtra(reader.take(header.readUInt16LE(28)));
  const isSameExtra = extra.every(({ id, data }) =>
    record.extra.some((other) => other.id === id && other.data.equals(data)),
  );
  if (!isSameExtra) throw new FormatError(`zip: header and directory disagree on ${record.name}`);
  const data = reader.take(record.packedSize);
  if (!isLater) {
    if (reader.remaining > 0) throw new FormatError(`zip: bytes of no entry after ${record.name}`);
    return data;
  }
  if (reader.remaining === 16 && reader.u32le() !== DESCRIPTOR) throw new FormatError('zip: no data descriptor');
  if (reader.remaining !== 12 || !isAgreed([reader.u32le(), reader.u32le(), reader.u32le()])) {
    throw new FormatError(`zip: the data descriptor of ${record.name} is wrong`);
  }
  return data;
}

function readExtra(bytes: Buffer): { id: number; data: Buffer }[] {
  const reader = new ByteReader(bytes);
  const fields: { id: number; data: Buffer }[] = [];
  while (reader.remaining > 0) {
    const id = reader.u16le();
    const data = reader.take(reader.u16le());
    if (!NOISY_EXTRA.has(id)) fields.push({ id, data });
  }
  return fields;
}

function unpack(record: Record, data: Buffer): Buffer {
  const content = record.isStored ? data : unpackDeflated(record, data);
  if (content.length !== record.size || crc32(content) !== record.crc) {
    throw new FormatError(`zip: ${record.name} is not of the size or the sum that its header says`);
  }
  return content;
}

function unpackDeflated(record: Record, data: Buffer): Buffer {
  const { bytes, consumed } = inflateRaw(data, record.size);
  if (consumed !== data.length) throw new FormatError(`zip: bytes after the compressed data of ${record.name}`);
  return bytes;
}

/** Who unpacks `a` and `./a` has the later one, so the order would say something. */
function checkNames(records: readonly Record[]): void {
  const names = new Set(records.map((record) => record.rawName.toString('latin1').replace(/^(?:\.?\/)+/, '')));
  if (names.size !== records.length) throw new FormatError('zip: a name is there twice');
}

function nameOf(raw: Buffer): string {
  const text = raw.toString('utf8');
  return Buffer.from(text, 'utf8').equals(raw) ? text : raw.toString('latin1');
}
