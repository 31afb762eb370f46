import { createGunzip } from 'node:zlib';
import { OciError } from '../errors.js';
import { inLargerChunks } from './larger-chunks.js';
import { through } from './through.js';

/**
 * What goes in and comes out at once: each time a thread is woken, so a connection's 64 KiB are joined. Node's default of 16 KiB out costs
 * 1.6 times the CPU.
 */
const [IN_BYTES, OUT_BYTES] = [256 * 1024, 512 * 1024];

/**
 * Unpacks gzip (RFC 1952) of any number of members. Zeros may follow the last one (tape padding); anything else there, damage and a
 * cut-off end are errors of code `invalid`.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip({ chunkSize: OUT_BYTES });
  let read = 0;
  let zerosFrom = 0;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      let end = chunk.length;
      while (end > 0 && chunk[end - 1] === 0) end -= 1;
      if (end > 0) zerosFrom = read + end;
      read += chunk.length;
      yield chunk;
    }
  }
  try {
    yield* through(inLargerChunks(watched(), IN_BYTES), stream, stream);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (typeof code !== 'string' || !code.startsWith('Z_')) throw error;
    const what = code === 'Z_BUF_ERROR' ? 'the data is cut off' : message;
    throw new OciError('invalid', `gzip: ${what}`, { cause: error, facts: { bytesRead: read } });
  }
  // zlib stops at the first zero after a member and says nothing of what comes behind.
  if (zerosFrom > stream.bytesWritten) {
    throw new OciError(
      'invalid',
      `gzip: other data follows the end, between byte ${stream.bytesWritten} and ${zerosFrom}`,
    );
  }
}
