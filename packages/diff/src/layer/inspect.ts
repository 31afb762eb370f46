import type { NormalForm, PackageFact } from './entry.js';

/** What is known of a file before its content has been read. */
export interface FileHead {
  /** As `LayerEntry.path`. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  /** The first bytes of the content, up to 512. */
  readonly head: Uint8Array;
}

/**
 * Wants the whole content of some files while a layer is read. Content over the bound is never given to it. The bytes are lent:
 * what is kept of them after the answer must be a copy. The same holds for a `PackageReader`.
 */
export interface ContentNormalizer {
  readonly name: string;
  matches(file: FileHead): boolean;
  /** `undefined`, where the content turns out not to be what it looked like: it is then compared byte by byte. */
  normalize(content: Uint8Array, file: FileHead): NormalForm | undefined;
}

/** Reads packages out of a package manager's own file. */
export interface PackageReader {
  readonly type: PackageFact['type'];
  matches(file: FileHead): boolean;
  /** Empty where the content is not what it looked like. */
  read(content: Uint8Array, file: FileHead): readonly PackageFact[];
}

/** What the indexer is given; `version` is part of the cache key and of every fingerprint. */
export interface Inspectors {
  readonly version: string;
  readonly normalizers: readonly ContentNormalizer[];
  readonly packageReaders: readonly PackageReader[];
}
