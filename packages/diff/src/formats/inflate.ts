import { inflateRawSync } from 'node:zlib';
import { FormatError } from './byte-reader.js';

/** Largest single piece that is unpacked from an archive, in bytes. */
export const MAX_PIECE_BYTES = 48 * 1024 * 1024;

/** Most that packed data may grow by; real archives stay far below it, bombs reach a thousand. */
const MAX_RATIO = 200;
const RATIO_FREE_BYTES = 1024 * 1024;

interface Inflated {
  readonly bytes: Buffer;
  /** Bytes of the input that the stream took. */
  readonly consumed: number;
}

/**
 * Unpacks one raw deflate stream (RFC 1951) at the start of `packed`, within the bounds of this file. `expectedBytes` is what
 * the archive claims, if it does; more than that is never kept. Throws a FormatError for bad data and for what passes a bound.
 */
export function inflateRaw(packed: Uint8Array, expectedBytes?: number): Inflated {
  const bound = Math.min(MAX_PIECE_BYTES, RATIO_FREE_BYTES + packed.byteLength * MAX_RATIO);
  if (expectedBytes !== undefined && expectedBytes > bound) {
    throw new FormatError(
      `${expectedBytes} bytes claimed to come from ${packed.byteLength}, over the bound of ${bound}`,
    );
  }
  try {
    const limit = Math.max(1, Math.min(bound, expectedBytes ?? bound));
    // One chunk of the right size: zlib would otherwise hold all chunks and their concatenation at once.
    const chunkSize = expectedBytes === undefined ? 256 * 1024 : Math.max(64, expectedBytes + 1);
    const result = inflateRawSync(packed, { maxOutputLength: limit, chunkSize, info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    return { bytes: result.buffer, consumed: result.engine.bytesWritten };
  } catch (cause) {
    throw new FormatError(`deflated data could not be read: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}
