import { crc32 } from 'node:zlib';
import { ByteReader, bufferOf, FormatError } from './byte-reader.js';
import { inflateRaw, MAX_PIECE_BYTES } from './inflate.js';

const MAX_MEMBERS = 10_000;
const FLAG_HEADER_CRC = 0x02;
const FLAG_EXTRA = 0x04;
const FLAG_NAME = 0x08;
const FLAG_COMMENT = 0x10;
const FLAGS_UNKNOWN = 0xe0;

/** Whether these bytes start as a gzip stream of deflated data. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** What a gzip stream unpacks to. */
interface Gunzipped {
  readonly content: Buffer;
  /** How much of the content each member has. */
  readonly memberSizes: readonly number[];
}

/**
 * Unpacks a whole gzip stream (RFC 1952), all its members. Time, name, operating system and level are dropped.
 * Throws a FormatError for extra fields, comments, flags without a meaning, wrong sums, and bytes after the last member.
 */
export function readGzip(content: Uint8Array): Gunzipped {
  const pieces: Buffer[] = [];
  let total = 0;
  let rest = bufferOf(content);
  while (rest.length > 0) {
    if (!isGzip(rest)) throw new FormatError('gzip: bytes after the last member');
    if (pieces.length === MAX_MEMBERS) throw new FormatError(`gzip: more than ${MAX_MEMBERS} members`);
    const start = headerBytes(rest);
    const isOnly = pieces.length === 0 && rest.length > start + 8;
    const { bytes, consumed } = inflateMember(rest.subarray(start), isOnly);
    const trailer = new ByteReader(rest.subarray(start + consumed));
    const [crc, size] = [trailer.u32le(), trailer.u32le()];
    if (crc !== crc32(bytes) || size !== bytes.length) throw new FormatError('gzip: the sum or the size is wrong');
    total += bytes.length;
    if (total > MAX_PIECE_BYTES) throw new FormatError(`gzip: more than ${MAX_PIECE_BYTES} bytes`);
    pieces.push(bytes);
    rest = rest.subarray(start + consumed + 8);
  }
  return {
    content: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces),
    memberSizes: pieces.map(({ length }) => length),
  };
}

/** With the size of the trailer as a guess first, which saves a copy; a stream of several members has another one there. */
function inflateMember(bytes: Buffer, isOnly: boolean) {
  if (isOnly) {
    try {
      return inflateRaw(bytes, bytes.readUInt32LE(bytes.length - 4));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return inflateRaw(bytes);
}

function headerBytes(bytes: Buffer): number {
  const reader = new ByteReader(bytes);
  reader.take(3);
  const flags = reader.u8();
  reader.take(6);
  if ((flags & (FLAGS_UNKNOWN | FLAG_EXTRA | FLAG_COMMENT)) !== 0) {
    throw new FormatError('gzip: a header with an extra field, a comment or an unknown flag');
  }
  if ((flags & FLAG_NAME) !== 0) while (reader.u8() !== 0);
  if ((flags & FLAG_HEADER_CRC) !== 0) {
    const sum = crc32(bytes.subarray(0, reader.position)) & 0xffff;
    if (reader.u16le() !== sum) throw new FormatError('gzip: the sum of the header is wrong');
  }
  return reader.position;
}
