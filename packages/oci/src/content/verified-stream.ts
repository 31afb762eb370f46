import { OciError } from '../errors.js';
import type { BlobDescriptor, Digest } from './descriptor.js';
import { digestFrom, hashFor } from './digest.js';

/**
 * The bytes of `stream`, checked against a descriptor while they pass. Throws `mismatch` for another size or digest, and never
 * yields more than `size` bytes. The last chunk is given out only after the check, so who saw the end saw the right bytes.
 * `what` names the content in the message.
 */
export async function* verifiedStream(
  stream: AsyncIterable<Uint8Array>,
  { digest, size }: BlobDescriptor,
  what = `blob ${digest}`,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = hashFor(digest);
  let seen = 0;
  let held: Uint8Array | undefined;
  for await (const chunk of stream) {
    seen += chunk.byteLength;
    if (seen > size) throw sizeMismatch(what, size, `more than that`);
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  if (seen !== size) throw sizeMismatch(what, size, `${seen} bytes`);
  checkDigest(digestFrom(hash, digest), digest, what);
  if (held !== undefined) yield held;
}

/** The bytes of `stream`, checked against a digest alone; the size is not known (an uncompressed layer and its diffId). */
export async function* digestCheckedStream(
  stream: AsyncIterable<Uint8Array>,
  digest: Digest,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = hashFor(digest);
  let held: Uint8Array | undefined;
  for await (const chunk of stream) {
    hash.update(chunk);
    if (held !== undefined) yield held;
    held = chunk;
  }
  checkDigest(digestFrom(hash, digest), digest, what);
  if (held !== undefined) yield held;
}

/** Throws `mismatch` unless bytes in memory have this digest (and size, if given). */
export function verifyBytes(bytes: Uint8Array, expected: { digest: Digest; size?: number }, what: string): void {
  if (expected.size !== undefined && bytes.byteLength !== expected.size) {
    throw sizeMismatch(what, expected.size, `${bytes.byteLength} bytes`);
  }
  checkDigest(digestFrom(hashFor(expected.digest).update(bytes), expected.digest), expected.digest, what);
}

function checkDigest(actual: Digest, expected: Digest, what: string): void {
  if (actual === expected) return;
  throw new OciError('mismatch', `${what}: expected digest ${expected}, the bytes have ${actual}`, {
    hint: 'The content was changed or damaged on its way or where it is stored.',
    facts: { expected, actual },
  });
}

function sizeMismatch(what: string, expected: number, came: string): OciError {
  return new OciError('mismatch', `${what}: expected ${expected} bytes, got ${came}`, { facts: { expected } });
}
