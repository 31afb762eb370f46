import { OciError } from '../errors.js';
import { gunzip } from './gunzip.js';
import { peek } from './peek.js';
import { unzstd } from './zstd.js';
import { isZstdMagic } from './zstd-frames.js';

export interface DecompressOptions {
  /** Error `limit` as soon as more bytes than this come out; default: no bound. */
  readonly maxBytes?: number;
}

const MAGIC_BYTES = 10;
const XZ = Buffer.from('fd377a585a00', 'hex');
/** The level, then the start of a block or the end. */
const BZIP2 = /^425a683[1-9](?:314159265359|177245385090)/;

/**
 * The bytes unpacked: gzip (all members), zstd (all frames), or as they are. Their first bytes tell which, as in engines; media types
 * are often wrong. Damage, a cut-off end and other data behind it are errors of code `invalid`; xz and bzip2 are `unsupported`.
 * Errors of `bytes` pass through; leaving early closes everything.
 */
export async function* decompress(
  bytes: AsyncIterable<Uint8Array>,
  { maxBytes = Number.POSITIVE_INFINITY }: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { head, stream } = await peek(bytes, MAGIC_BYTES);
  try {
    let left = maxBytes;
    for await (const chunk of unpacked(head, stream)) {
      left -= chunk.length;
      if (left < 0) throw new OciError('limit', `unpacking: more than ${maxBytes} bytes came out`);
      yield chunk;
    }
  } finally {
    await stream.return();
  }
}

/** Whether these first bytes (10, or all there are) begin compressed data, of a kind that can be unpacked or not. */
export const isCompressed = (head: Buffer): boolean => compressionOf(head) !== undefined;

function compressionOf(head: Buffer): 'gzip' | 'zstd' | 'xz' | 'bzip2' | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (isZstdMagic(head)) return 'zstd';
  if (head.subarray(0, XZ.length).equals(XZ)) return 'xz';
  return BZIP2.test(head.toString('hex')) ? 'bzip2' : undefined;
}

function unpacked(head: Buffer, bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const compression = compressionOf(head);
  if (compression === undefined) return bytes;
  if (compression === 'gzip') return gunzip(bytes);
  if (compression === 'zstd') return unzstd(bytes);
  const message = `unpacking: the data is compressed with ${compression}; gzip, zstd and plain data can be read`;
  throw new OciError('unsupported', message, { hint: 'Compress it with gzip or zstd.' });
}
