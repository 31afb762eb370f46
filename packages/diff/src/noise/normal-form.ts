import { createHash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import type { NormalForm, Part } from '../layer/entry.js';

/** Most parts that a normal form lists; a file with more has none, since they are evidence and no ground. */
export const MAX_PARTS = 10_000;

/** Characters of all their names and values together. */
const MAX_PARTS_LENGTH = 2_000_000;

/**
 * A sha256 over a list of fields. Each field is hashed with its length before it, so that no two different lists of fields
 * give the same bytes.
 */
export class FieldHash {
  readonly #hash = createHash('sha256');

  add(...fields: readonly (string | number | Uint8Array)[]): this {
    for (const field of fields) {
      const bytes = typeof field === 'object' ? field : Buffer.from(String(field), 'utf8');
      this.#hash.update(`${bytes.byteLength}:`).update(bytes);
    }
    return this;
  }

  digest(): Digest {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}

/** The sha256 of some bytes, as a digest. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Short enough to read, long enough to tell two values apart: for the value of a part. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, 'sha256:'.length + 16);
}

/** A normal form of rule `rule`; its parts sorted by name, and left out where there are none, too many, or too long ones. */
export function normalForm(rule: string, hash: FieldHash, parts: readonly Part[] = []): NormalForm {
  const digest = hash.digest();
  if (parts.length === 0 || parts.length > MAX_PARTS || isLong(parts)) return { rule, digest };
  return {
    rule,
    digest,
    parts: [...parts].sort((a, b) => compareText(a.name, b.name) || compareText(a.value, b.value)),
  };
}

function isLong(parts: readonly Part[]): boolean {
  return parts.reduce((sum, { name, value }) => sum + name.length + value.length, 0) > MAX_PARTS_LENGTH;
}

/** Orders by UTF-16 code units, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
