import { inflateRawSync } from 'node:zlib';
import { bufferOf } from '../formats/byte-reader.js';
import { MAX_FIELD } from './limits.js';
import { decodeText } from './lines.js';

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

export interface ZipEntry {
  readonly name: string;
  /** Uncompressed, as the archive says. */
  readonly size: number;
  /** The content, of at most `limit` bytes; `undefined` where it is larger, broken, encrypted or in another compression. */
  read(limit: number): Uint8Array | undefined;
}

/**
 * The entries of a zip archive by its central directory (APPNOTE 6.3.10, 4.3.12), at most `maxEntries`; none where there is no
 * such directory. Zip64 is not read: its archives are larger than what is read here. Nothing is inflated until asked for.
 */
export function listZip(content: Uint8Array, maxEntries: number): ZipEntry[] {
  const bytes = bufferOf(content);
  const end = findEnd(bytes);
  if (end === undefined) return [];
  // Bytes before the archive (a script in front of a jar) shift all offsets.
  const directoryBytes = bytes.readUInt32LE(end + 12);
  const shift = end - directoryBytes - bytes.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  let at = end - directoryBytes;
  for (let left = Math.min(bytes.readUInt16LE(end + 10), maxEntries); left > 0; left -= 1) {
    if (shift < 0 || at < 0 || at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL) break;
    const nameBytes = bytes.readUInt16LE(at + 28);
    if (nameBytes <= 8 * MAX_FIELD) {
      entries.push(openEntry(bytes, at, decodeText(bytes.subarray(at + 46, at + 46 + nameBytes)), shift));
    }
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

function findEnd(bytes: Buffer): number | undefined {
  const lowest = Math.max(0, bytes.byteLength - END_BYTES - MAX_COMMENT);
  for (let at = bytes.byteLength - END_BYTES; at >= lowest; at -= 1) {
    if (bytes.readUInt32LE(at) === END) return at;
  }
  return undefined;
}

function openEntry(bytes: Buffer, central: number, name: string, shift: number): ZipEntry {
  const encrypted = (bytes.readUInt16LE(central + 8) & 1) === 1;
  const method = bytes.readUInt16LE(central + 10);
  const compressed = bytes.readUInt32LE(central + 20);
  const size = bytes.readUInt32LE(central + 24);
  const local = bytes.readUInt32LE(central + 42) + shift;
  return {
    name,
    size,
    read(limit) {
      if (encrypted || size > limit || local + 30 > bytes.byteLength || bytes.readUInt32LE(local) !== LOCAL)
        return undefined;
      const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
      const stored = bytes.subarray(start, start + compressed);
      if (stored.byteLength !== compressed) return undefined;
      if (method === STORED) return compressed === size ? stored : undefined;
      return method === DEFLATED ? inflate(stored, size) : undefined;
    },
  };
}

function inflate(stored: Uint8Array, size: number): Uint8Array | undefined {
  try {
    const content = inflateRawSync(stored, { maxOutputLength: Math.max(size, 1) });
    return content.byteLength === size ? content : undefined;
  } catch {
    return undefined;
  }
}
