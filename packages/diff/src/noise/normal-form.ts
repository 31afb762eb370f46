import { createHash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import type { NormalForm, Part } from '../layer/entry.js';
import { flatDigest } from '../layer/flat-digest.js';

/** Most parts that a normal form lists; a file with more has none, since they are evidence and no ground. */
export const MAX_PARTS = 10_000;

/** Characters of all their names and values together. */
const MAX_PARTS_LENGTH = 2_000_000;

/** Fields are gathered in pieces of this size: a call of the hash costs more than hashing a short field. */
const GATHERED_BYTES = 4096;
/** Longest text whose bytes surely fit in one piece (three bytes a UTF-16 code unit at most). */
const SHORT_TEXT = 1024;

/**
 * A sha256 over a list of fields. Each field is hashed with its length before it, so that no two different lists of fields
 * give the same bytes.
 */
export class FieldHash {
  readonly #hash = createHash('sha256');
  readonly #gathered = Buffer.allocUnsafe(GATHERED_BYTES);
  #filled = 0;

  add(...fields: readonly (string | number | Uint8Array)[]): this {
    for (const field of fields) {
      if (typeof field === 'object') this.#addBytes(field);
      else this.#addText(String(field));
    }
    return this;
  }

  digest(): Digest {
    this.#flush();
    return flatDigest(this.#hash.digest('hex'));
  }

  #addText(text: string): void {
    if (text.length > SHORT_TEXT) {
      this.#addBytes(Buffer.from(text, 'utf8'));
      return;
    }
    const length = Buffer.byteLength(text, 'utf8');
    this.#addLength(length);
    if (this.#filled + length > GATHERED_BYTES) this.#flush();
    this.#filled += this.#gathered.write(text, this.#filled, 'utf8');
  }

  #addBytes(bytes: Uint8Array): void {
    this.#addLength(bytes.byteLength);
    if (this.#filled + bytes.byteLength > GATHERED_BYTES) this.#flush();
    if (bytes.byteLength > GATHERED_BYTES) this.#hash.update(bytes);
    else {
      this.#gathered.set(bytes, this.#filled);
      this.#filled += bytes.byteLength;
    }
  }

  #addLength(length: number): void {
    const text = `${length}:`;
    if (this.#filled + text.length > GATHERED_BYTES) this.#flush();
    this.#filled += this.#gathered.write(text, this.#filled, 'latin1');
  }

  #flush(): void {
    if (this.#filled > 0) this.#hash.update(this.#gathered.subarray(0, this.#filled));
    this.#filled = 0;
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
