import { createHash, type Hash } from 'node:crypto';
import { OciError } from '../errors.js';
import type { Digest } from './descriptor.js';

const HEX_LENGTH: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };
const GRAMMAR = /^([a-z0-9]+(?:[+._-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/;

/** Whether `text` is a digest that this package can verify: `sha256:<64 hex>` or `sha512:<128 hex>`, in lower case. */
export function isDigest(text: unknown): text is Digest {
  if (typeof text !== 'string') return false;
  const [, algorithm, encoded] = GRAMMAR.exec(text) ?? [];
  return encoded !== undefined && encoded.length === HEX_LENGTH[algorithm ?? ''] && /^[0-9a-f]+$/.test(encoded);
}

/**
 * Reads a digest (image-spec 1.1, descriptor.md, "Digests"). `what` names the thing it belongs to, for the message.
 * Throws `invalid` for what is no digest, `unsupported` for an algorithm other than sha256 and sha512.
 */
export function parseDigest(text: unknown, what = 'digest'): Digest {
  if (isDigest(text)) return text;
  const shown = typeof text === 'string' ? JSON.stringify(text.slice(0, 160)) : typeof text;
  const algorithm = typeof text === 'string' ? GRAMMAR.exec(text)?.[1] : undefined;
  if (algorithm !== undefined && HEX_LENGTH[algorithm] === undefined) {
    throw new OciError('unsupported', `${what}: digest algorithm of ${shown}: expected sha256 or sha512`);
  }
  throw new OciError('invalid', `${what}: expected a digest like sha256:<64 lower-case hex digits>, got ${shown}`);
}

/** The algorithm and the hex part of a digest. */
export function splitDigest(digest: Digest): { readonly algorithm: string; readonly hex: string } {
  const colon = digest.indexOf(':');
  return { algorithm: digest.slice(0, colon), hex: digest.slice(colon + 1) };
}

/** A hash of the digest's own algorithm, to feed with bytes and compare by `digestFrom`. */
export function hashFor(digest: Digest): Hash {
  return createHash(splitDigest(digest).algorithm);
}

/** Ends `hash` and gives its digest, in the algorithm of `like`. */
export function digestFrom(hash: Hash, like: Digest): Digest {
  return `${splitDigest(like).algorithm}:${hash.digest('hex')}`;
}

/** The sha256 digest of bytes in memory. */
export function sha256Digest(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Reads a stream to its end and gives its sha256 digest and its size in bytes. */
export async function digestOf(stream: AsyncIterable<Uint8Array>): Promise<{ digest: Digest; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.byteLength;
  }
  return { digest: `sha256:${hash.digest('hex')}`, size };
}
