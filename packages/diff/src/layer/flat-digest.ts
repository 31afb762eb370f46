import type { Digest } from '@image-versions/oci';

const PREFIX = 'sha256:';
const bytes = Buffer.alloc(PREFIX.length + 64);
bytes.write(PREFIX, 'latin1');

/**
 * The digest with these 64 hex digits, as a text of its own. One put together by a template keeps both of its pieces, which is a
 * quarter more of what is the largest field of hundreds of thousands of entries.
 */
export function flatDigest(hex: string): Digest {
  bytes.write(hex, PREFIX.length, 'latin1');
  return bytes.toString('latin1') as Digest;
}
