import { OciError } from '../errors.js';

/** Decoders by default take no larger window; a frame that wants more wants more memory than we have. */
const MAX_WINDOW_BYTES = 128 * 1024 * 1024;
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/** Whether these first four bytes begin a zstd frame, skippable ones included (RFC 8878, 3.1). */
export function isZstdMagic(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = Buffer.from(bytes.subarray(0, 4)).readUInt32LE();
  return magic === FRAME_MAGIC || (magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC;
}

/** Where a piece of zstd data belongs. */
export interface ZstdPiece {
  readonly bytes: Uint8Array;
  readonly isSkippable: boolean;
  /** Whether the frame ends with this piece. */
  readonly endsFrame: boolean;
}

/**
 * Cuts zstd data at the ends of blocks and frames (RFC 8878, 3.1), so that no piece unpacks to more than one block, 128 KiB.
 * Decoders differ in what they make of a cut-off end and of data after a frame; here both are errors of code `invalid`, and
 * a window of more than 128 MiB is one of code `limit`.
 */
export async function* zstdPieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<ZstdPiece, void, undefined> {
  const parts = frameParts();
  let part = parts.next(NOTHING).value;
  let field = NOTHING;
  let left = part.bytes;
  for await (const chunk of source) {
    let from = 0;
    let at = 0;
    for (;;) {
      const taken = Math.min(left, chunk.length - at);
      if (part.isField) field = Buffer.concat([field, chunk.subarray(at, at + taken)]);
      at += taken;
      left -= taken;
      if (left > 0) break;
      if (part.ends !== undefined) {
        yield { bytes: chunk.subarray(from, at), isSkippable: part.isSkippable, endsFrame: part.ends === 'frame' };
        from = at;
      }
      const { beginsFrame } = part;
      part = parts.next(field).value;
      if (beginsFrame) {
        // Held back until here: only now is it known what it begins.
        yield { bytes: field, isSkippable: part.isSkippable, endsFrame: false };
        from = at;
      }
      field = NOTHING;
      left = part.bytes;
    }
    if (from < at && !part.beginsFrame)
      yield { bytes: chunk.subarray(from, at), isSkippable: part.isSkippable, endsFrame: false };
  }
  if (part.beginsFrame && left === part.bytes) return;
  throw new OciError('invalid', 'zstd: the data is cut off');
}

interface Part {
  readonly bytes: number;
  /** Whether the bytes are to be handed to the grammar. */
  readonly isField: boolean;
  readonly beginsFrame: boolean;
  readonly isSkippable: boolean;
  readonly ends: 'block' | 'frame' | undefined;
}

const NOTHING = Buffer.alloc(0);
const part = (fields: Partial<Part> & { readonly bytes: number }): Part => ({
  isField: false,
  beginsFrame: false,
  isSkippable: false,
  ends: undefined,
  ...fields,
});

/** The grammar: yields what comes next, and is given the bytes of fields. */
function* frameParts(): Generator<Part, never, Buffer> {
  for (;;) {
    const start = yield part({ bytes: 4, isField: true, beginsFrame: true });
    if (!isZstdMagic(start)) throw new OciError('invalid', 'zstd: other data follows the end of a frame');
    if (start.readUInt32LE() === FRAME_MAGIC) {
      yield* frame();
    } else {
      const size = (yield part({ bytes: 4, isField: true, isSkippable: true })).readUInt32LE();
      yield part({ bytes: size, isSkippable: true, ends: 'frame' });
    }
  }
}

function* frame(): Generator<Part, void, Buffer> {
  const descriptor = (yield part({ bytes: 1, isField: true })).readUInt8();
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const idBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const sizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  const header = yield part({ bytes: (isSingleSegment ? 0 : 1) + idBytes + sizeBytes, isField: true });
  const window = isSingleSegment ? contentSize(header.subarray(idBytes)) : windowSize(header.readUInt8());
  if (window > MAX_WINDOW_BYTES) {
    throw new OciError('limit', `zstd: a window of ${window} bytes; at most ${MAX_WINDOW_BYTES} are taken`);
  }
  for (let isLast = false; !isLast; ) {
    const block = (yield part({ bytes: 3, isField: true })).readUIntLE(0, 3);
    isLast = (block & 1) !== 0;
    const isRle = ((block >> 1) & 3) === 1;
    yield part({ bytes: isRle ? 1 : block >> 3, ends: !isLast ? 'block' : hasChecksum ? undefined : 'frame' });
  }
  if (hasChecksum) yield part({ bytes: 4, ends: 'frame' });
}

/** RFC 8878, 3.1.1.1.2. */
const windowSize = (byte: number): number => 2 ** (10 + (byte >> 3)) * (1 + (byte & 7) / 8);

/** RFC 8878, 3.1.1.1.4. */
function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}
