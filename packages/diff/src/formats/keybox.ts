import { createHash } from 'node:crypto';
import { bufferOf, FormatError } from './byte-reader.js';

const MAGIC = 'KBXf';
const HEADER_BYTES = 32;
const HEADER = 1;
const KEY = 2;
/** Of the header: when the file was made, and when it was last looked through. */
const HEADER_TIMES: readonly [number, number] = [16, 24];
const SUM_BYTES = 20;
const RING_TRUST = 12;
/** Kinds of ring trust packets that say where a key, or a name of one, came from, and when. */
const ORIGINS = [1, 2];
const TIME_BYTES = 4;

/** Whether these bytes start as a keybox, in which GnuPG from 2.1 on keeps keys. */
export function isKeybox(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && head[4] === HEADER && bufferOf(head).toString('latin1', 8, 12) === MAGIC;
}

/**
 * A copy of a keybox (GnuPG 2.2, kbx/keybox-blob.c) with zeros for the times at which it was made and each key came in, and for the
 * sums over these. Throws a FormatError where a sum is wrong, or anything but OpenPGP keys is in it.
 */
export function keyboxWithoutTimes(content: Uint8Array): Buffer {
  if (!isKeybox(content)) throw new FormatError('keybox: no header');
  const bytes = Buffer.from(content);
  let at = bytes.readUInt32BE(0);
  if (at !== HEADER_BYTES) throw new FormatError('keybox: another header');
  bytes.fill(0, ...HEADER_TIMES);
  while (at < bytes.length) {
    const length = bytes.readUInt32BE(at);
    if (length <= SUM_BYTES || at + length > bytes.length) throw new FormatError('keybox: cut');
    clearKey(bytes.subarray(at, at + length));
    at += length;
  }
  return bytes;
}

function clearKey(blob: Buffer): void {
  if (blob[4] !== KEY) throw new FormatError('keybox: no OpenPGP key');
  const sumAt = blob.length - SUM_BYTES;
  const sum = createHash('sha1').update(blob.subarray(0, sumAt)).digest();
  if (!sum.equals(blob.subarray(sumAt))) throw new FormatError('keybox: the sum is another');
  // Lists of keys, a serial number, lists of user ids and of signatures, each with its count and the size of an item.
  let at = afterList(blob, 16);
  at += 2 + blob.readUInt16BE(at);
  at = afterList(blob, afterList(blob, at));
  const createdAt = at + 12;
  blob.fill(0, createdAt, createdAt + TIME_BYTES);
  const keysFrom = blob.readUInt32BE(8);
  const keysTo = keysFrom + blob.readUInt32BE(12);
  if (keysFrom < createdAt + TIME_BYTES || keysTo > sumAt) throw new FormatError('keybox: a key lies elsewhere');
  clearPackets(blob.subarray(keysFrom, keysTo));
  blob.fill(0, sumAt);
}

function afterList(blob: Buffer, at: number): number {
  return at + 4 + blob.readUInt16BE(at) * blob.readUInt16BE(at + 2);
}

/** GnuPG notes in packets of its own when it got a key from where. */
function clearPackets(packets: Buffer): void {
  let at = 0;
  while (at < packets.length) {
    const { tag, from, to } = packetAt(packets, at);
    if (to > packets.length) throw new FormatError('keybox: a packet is cut');
    const body = packets.subarray(from, to);
    const isOrigin = tag === RING_TRUST && body.toString('latin1', 2, 5) === 'gpg' && ORIGINS.includes(body[5] ?? 0);
    if (isOrigin) body.fill(0, 7, 7 + TIME_BYTES);
    at = to;
  }
}

/** RFC 4880, section 4.2; lengths that are given in part, or not at all, throw a FormatError. */
function packetAt(packets: Buffer, at: number): { tag: number; from: number; to: number } {
  const head = packets.readUInt8(at);
  if ((head & 0x80) === 0) throw new FormatError('keybox: no packet');
  if ((head & 0x40) === 0) {
    const kind = head & 3;
    if (kind === 3) throw new FormatError('keybox: a packet without length');
    const from = at + 1 + 2 ** kind;
    return { tag: (head >> 2) & 15, from, to: from + packets.readUIntBE(at + 1, 2 ** kind) };
  }
  const tag = head & 63;
  const first = packets.readUInt8(at + 1);
  if (first < 192) return { tag, from: at + 2, to: at + 2 + first };
  if (first === 255) return { tag, from: at + 6, to: at + 6 + packets.readUInt32BE(at + 2) };
  if (first >= 224) throw new FormatError('keybox: a packet in parts');
  return { tag, from: at + 3, to: at + 3 + ((first - 192) << 8) + packets.readUInt8(at + 2) + 192 };
}
