import { createHash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import { FormatError, tryFormat } from '../formats/byte-reader.js';
import type { Part } from '../layer/entry.js';
import { flatDigest } from '../layer/flat-digest.js';
import { shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

/** How deep files in files are looked at: a class in a jar in a fat jar in a tar in a gzip. What lies deeper is bytes. */
export const MAX_NESTING = 5;

/** Most bytes and entries that one file of a layer may unpack to, over all its levels. */
const MAX_TOTAL_BYTES = 384 * 1024 * 1024;
const MAX_TOTAL_ENTRIES = 200_000;

const HEAD_BYTES = 512;

export interface InnerFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Uint8Array;
}

/** What is left of a file in a file once its noise is gone. */
export interface InnerForm {
  readonly digest: Digest;
  /** Of its own parts, under its own name; of itself where it has none. */
  readonly parts: readonly Part[];
}

/**
 * Applies the content rules to files inside of files, within bounds that hold for the outermost file as a whole.
 * Rules run one after another and never at once, so one nest serves them all.
 */
export class Nest {
  readonly #rules: () => readonly ContentRule[];
  #depth = 0;
  #bytesLeft = 0;
  #entriesLeft = 0;

  constructor(rules: () => readonly ContentRule[]) {
    this.#rules = rules;
  }

  /** Runs an archive's rule; `undefined` where the archive is damaged or over a bound: then its bytes are what is compared. */
  open<T>(read: () => T): T | undefined {
    if (this.#depth === 0) {
      this.#bytesLeft = MAX_TOTAL_BYTES;
      this.#entriesLeft = MAX_TOTAL_ENTRIES;
    }
    return tryFormat(read);
  }

  /** The form of one file of an archive. Throws a FormatError once the whole is over its bounds. */
  formOf(file: InnerFile): InnerForm {
    this.#spend(file.content);
    return this.#normalized(file) ?? bytesForm(file);
  }

  /** The form of one file of which every byte counts. Throws as `formOf`. */
  asWritten(file: InnerFile): InnerForm {
    this.#spend(file.content);
    return bytesForm(file);
  }

  #spend(content: Uint8Array): void {
    this.#bytesLeft -= content.byteLength;
    this.#entriesLeft -= 1;
    if (this.#bytesLeft < 0 || this.#entriesLeft < 0)
      throw new FormatError('the content of this file is over its bounds');
  }

  #normalized(file: InnerFile): InnerForm | undefined {
    if (this.#depth >= MAX_NESTING - 1) return undefined;
    const { path, mode, content } = file;
    const head = { path, mode, size: content.byteLength, head: content.subarray(0, HEAD_BYTES) };
    this.#depth += 1;
    try {
      for (const rule of this.#rules()) {
        const form = rule.matches(head) ? rule.normalize(content, head) : undefined;
        if (form === undefined) continue;
        const parts = form.parts ?? [{ name: '', value: shortDigest(form.digest) }];
        return { digest: form.digest, parts: parts.map(({ name, value }) => ({ name: joined(path, name), value })) };
      }
      return undefined;
    } finally {
      this.#depth -= 1;
    }
  }
}

/**
 * Its bytes are a field, so that they can't be those that a rule has hashed of another file. As a `FieldHash` would, without its
 * buffer: an archive has thousands of files.
 */
function bytesForm({ path, content }: InnerFile): InnerForm {
  const fields = createHash('sha256').update(`5:bytes${content.byteLength}:`).update(content);
  const digest = flatDigest(fields.digest('hex'));
  return { digest, parts: [{ name: path, value: shortDigest(digest) }] };
}

function joined(path: string, name: string): string {
  return name === '' ? path : `${path}: ${name}`;
}
