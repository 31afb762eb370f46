import { hash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import type { NormalForm, PackageFact } from './entry.js';
import { flatDigest } from './flat-digest.js';
import { costOfEvidence } from './index-budget.js';
import type { ContentNormalizer, FileHead, Inspectors, PackageReader } from './inspect.js';

/** Largest content given to an inspector, in bytes; a larger file has no normal form and is compared by its bytes. */
export const MAX_INSPECTED_BYTES = 128 * 1024 * 1024;

const EMPTY: Digest = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** What is kept to know files by that were seen before; past this, more are shown again. */
const SEEN_LIMIT_BYTES = 16_000_000;
/** Of one such file, without its evidence. */
const SEEN_BYTES = 160;

/** What the index keeps of a file's content. */
export interface FileContent {
  readonly digest: Digest;
  readonly normal?: NormalForm;
  readonly packages?: readonly PackageFact[];
}

/** Who wants to see a file. */
export interface Wanted {
  readonly normalizers: readonly ContentNormalizer[];
  readonly readers: readonly PackageReader[];
}

/**
 * Shows files to the inspectors that want them. One that throws did not understand the content: the file is then compared by its
 * bytes. A file that was seen before, as most are in the other image, is not shown again.
 */
export class FileInspector {
  readonly #inspectors: Inspectors;
  readonly #seen = new Map<Digest, { readonly path: string; readonly mode: number; readonly content: FileContent }>();
  #left = SEEN_LIMIT_BYTES;

  constructor(inspectors: Inspectors) {
    this.#inspectors = inspectors;
  }

  /** `undefined` where nobody wants it. */
  wants(file: FileHead): Wanted | undefined {
    if (file.size > MAX_INSPECTED_BYTES) return undefined;
    const normalizers = this.#inspectors.normalizers.filter((normalizer) => normalizer.matches(file));
    const readers = this.#inspectors.packageReaders.filter((reader) => reader.matches(file));
    return normalizers.length + readers.length > 0 ? { normalizers, readers } : undefined;
  }

  /** With all of the content. */
  inspect(file: FileHead, bytes: Uint8Array, wanted: Wanted | undefined): FileContent {
    const digest = bytes.byteLength === 0 ? EMPTY : digestOf(bytes);
    if (wanted === undefined) return { digest };
    const { path, mode } = file;
    const seen = this.#seen.get(digest);
    if (seen?.path === path && seen.mode === mode) return seen.content;
    const normal = firstNormalForm(wanted.normalizers, bytes, file);
    const packages = wanted.readers.flatMap((reader) => readPackages(reader, bytes, file));
    const content = { digest, ...(normal && { normal }), ...(packages.length > 0 && { packages }) };
    const cost = SEEN_BYTES + costOfEvidence(content);
    if (seen === undefined && cost <= this.#left) {
      this.#left -= cost;
      this.#seen.set(digest, { path, mode, content });
    }
    return content;
  }
}

function firstNormalForm(
  normalizers: readonly ContentNormalizer[],
  bytes: Uint8Array,
  file: FileHead,
): NormalForm | undefined {
  for (const normalizer of normalizers) {
    try {
      const normal = normalizer.normalize(bytes, file);
      if (normal !== undefined) return normal;
    } catch {
      // Content that breaks a rule is content that the rule says nothing about.
    }
  }
  return undefined;
}

function readPackages(reader: PackageReader, bytes: Uint8Array, file: FileHead): readonly PackageFact[] {
  try {
    return reader.read(bytes, file);
  } catch {
    return [];
  }
}

/** In one call, which for a small file costs half of what a hash object does. */
function digestOf(bytes: Uint8Array): Digest {
  return flatDigest(hash('sha256', bytes, 'hex'));
}
