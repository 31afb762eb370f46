import { OciError } from '../errors.js';

/** Reads a stream into memory. Throws `limit` as soon as more than `limitBytes` came; `what` names it in the message. */
export async function readAll(
  stream: AsyncIterable<Uint8Array>,
  limitBytes: number,
  what: string,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > limitBytes) throw new OciError('limit', `${what}: larger than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
