import { bufferOf, FormatError } from './byte-reader.js';

const HEADER_MAGIC = 0x506d7052;
const SLOT_MAGIC = 0x746f6c53;
const BLOB_MAGIC = 0x53626c42;
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;

/** Whether these bytes start as a `Packages.db` of rpm's backend ndb. */
export function isNdb(head: Uint8Array): boolean {
  return head.length >= 32 && Buffer.from(head.subarray(0, 4)).readUInt32LE() === HEADER_MAGIC;
}

/**
 * The headers in an ndb database (rpm 4.18, lib/backend/ndb/rpmpkg.c). Strict, since one that is passed over would be a change
 * that is not seen: a slot that is in use and does not lead to a whole header throws a FormatError.
 */
export function readNdbHeaders(content: Uint8Array): Buffer[] {
  const bytes = bufferOf(content);
  const slotsEnd = bytes.readUInt32LE(12) * PAGE_BYTES;
  if (slotsEnd > bytes.length) throw new FormatError('ndb: cut');
  const headers: Buffer[] = [];
  // Headers never overlap, so all of them together are no larger than the file.
  let bytesLeft = bytes.length;
  // The file's own header takes the place of the first two slots.
  for (let slot = 2 * SLOT_BYTES; slot < slotsEnd; slot += SLOT_BYTES) {
    const [magic, index, block] = [
      bytes.readUInt32LE(slot),
      bytes.readUInt32LE(slot + 4),
      bytes.readUInt32LE(slot + 8),
    ];
    if (magic !== SLOT_MAGIC) throw new FormatError('ndb: a damaged slot');
    if (block === 0) continue;
    const blob = block * BLOCK_BYTES;
    const [start, length] = [blob + BLOCK_BYTES, bytes.readUInt32LE(blob + 12)];
    const isWhole = bytes.readUInt32LE(blob) === BLOB_MAGIC && bytes.readUInt32LE(blob + 4) === index;
    bytesLeft -= length;
    if (!isWhole || bytesLeft < 0 || start + length > bytes.length)
      throw new FormatError('ndb: a slot that leads to no header');
    headers.push(bytes.subarray(start, start + length));
  }
  return headers;
}
