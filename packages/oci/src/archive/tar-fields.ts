import { OciError } from '../errors.js';

/** Tar's unit: headers are one block, content is padded to a multiple of it. */
export const BLOCK_BYTES = 512;

/**
 * A number of a header field: octal digits between blanks, or base-256 where the first bit is set (GNU; two's complement).
 * Throws `invalid` for anything else, and for what a JavaScript number can't hold.
 */
export function parseNumber(bytes: Buffer, start: number, length: number, what: string): number {
  const first = bytes[start] as number;
  if ((first & 0x80) !== 0) return parseBase256(bytes, start, length, what);
  let from = start;
  let to = start + length;
  while (from < to && isBlank(bytes[from] as number)) from += 1;
  while (to > from && isBlank(bytes[to - 1] as number)) to -= 1;
  let value = 0;
  for (let i = from; i < to; i += 1) {
    const byte = bytes[i] as number;
    if (byte === 0) break;
    if (byte < 0x30 || byte > 0x37) throw badNumber(what, bytes.toString('latin1', start, start + length));
    value = value * 8 + (byte - 0x30);
  }
  return safe(value, what);
}

function parseBase256(bytes: Buffer, start: number, length: number, what: string): number {
  const negative = ((bytes[start] as number) & 0x40) !== 0;
  let value = 0n;
  for (let i = start; i < start + length; i += 1) {
    const byte = (bytes[i] as number) ^ (negative ? 0xff : 0);
    value = (value << 8n) | BigInt(i === start ? byte & 0x7f : byte);
  }
  return safe(Number(negative ? -1n - value : value), what);
}

/** A decimal integer as PAX and sparse maps write it. Throws `invalid` for anything else. */
export function parseDecimal(text: string, what: string): number {
  if (!/^[+-]?\d{1,20}$/.test(text)) throw badNumber(what, text);
  return safe(Number(text), what);
}

function safe(value: number, what: string): number {
  if (Number.isSafeInteger(value)) return value;
  throw new OciError('invalid', `tar: ${what} of ${value} is beyond any real file's`);
}

function badNumber(what: string, text: string): OciError {
  return new OciError('invalid', `tar: ${what}: expected a number, got ${JSON.stringify(text.slice(0, 40))}`);
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0;

/** The text of a field up to its first NUL, as `TarHeader.path` says. */
export function parseText(bytes: Buffer, start: number, length: number): string {
  if (bytes[start] === 0) return '';
  const nul = bytes.indexOf(0, start);
  return decodeName(bytes, start, nul === -1 || nul > start + length ? start + length : nul);
}

/** Bytes as `TarHeader.path` says: UTF-8, and a NUL and two hex digits for each byte that is none. */
export function decodeName(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  if (!text.includes('\ufffd') || Buffer.from(text).equals(bytes.subarray(start, end))) return text;
  let escaped = '';
  for (let at = start; at < end; ) {
    const length = utf8Length(bytes, at, end);
    escaped += length > 0 ? bytes.toString('utf8', at, at + length) : `\0${bytes.toString('hex', at, at + 1)}`;
    at += Math.max(length, 1);
  }
  return escaped;
}

/** The length of the valid UTF-8 character at `at`, or 0 if there is none. */
function utf8Length(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at] as number;
  const length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  if (length < 2) return length;
  if (at + length > end) return 0;
  const character = bytes.subarray(at, at + length);
  return Buffer.from(character.toString('utf8')).equals(character) ? length : 0;
}

/** Whether the header's checksum is right; old tars summed signed bytes. */
export function hasValidChecksum(block: Buffer): boolean {
  let expected = 0;
  let from = 148;
  while (from < 156 && isBlank(block[from] as number)) from += 1;
  for (; from < 156 && !isBlank(block[from] as number); from += 1) {
    const digit = (block[from] as number) - 0x30;
    if (digit < 0 || digit > 7) return false;
    expected = expected * 8 + digit;
  }
  let sum = 8 * 0x20;
  for (let i = 0; i < 148; i += 1) sum += block[i] as number;
  for (let i = 156; i < BLOCK_BYTES; i += 1) sum += block[i] as number;
  if (sum === expected) return true;
  for (let i = 0; i < BLOCK_BYTES; i += 1) if ((block[i] as number) > 0x7f && (i < 148 || i > 155)) sum -= 0x100;
  return sum === expected;
}

/** Whether a block is all zeros, as the two that end an archive are. */
export function isZeroBlock(block: Buffer): boolean {
  if (block[0] !== 0) return false;
  for (let i = 1; i < BLOCK_BYTES; i += 1) if (block[i] !== 0) return false;
  return true;
}
