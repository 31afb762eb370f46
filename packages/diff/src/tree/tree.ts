import type { HistoryEntry } from '@image-versions/oci';
import type { LayerEntry } from '../layer/entry.js';

/** How a layer came to be, from the image's history. */
export type LayerOrigin =
  /** COPY or ADD: what the Dockerfile ships, wherever it lies. Not the root file system that all else lies on. */
  | 'copy'
  /** RUN: what a command left. */
  | 'run'
  /** An imported root file system, another builder's layer, or no history. Rules treat it like `copy` unless sure. */
  | 'unknown';

export interface TreeLayer {
  /** 0 is the bottom. */
  readonly index: number;
  readonly origin: LayerOrigin;
  /** The line of the history that made it; absent where the history does not say. */
  readonly history?: HistoryEntry;
  /** Of a `copy`, where the history tells: the path that all it copied lies at or below. */
  readonly copiedTo?: string;
}

/** A path of the merged file system. Hard links are resolved: each name is a file of its own. */
export interface TreeEntry extends LayerEntry {
  /** Where the entry came from: the layer that last wrote it (its content or its metadata). */
  readonly layer: TreeLayer;
  /**
   * A lower layer that it goes back to, where `layer` only wrote it again: of a directory the first that has it; of a file one that
   * has the same content (`chown` rewrites it), or that copied whatever content there (`sed -i` after a COPY).
   */
  readonly madeIn?: TreeLayer;
}

/** Sorted by path (by UTF-16 code units). An entry is made when it is asked for: two of a path are equal and need not be one object. */
export interface TreeEntries extends Iterable<TreeEntry> {
  readonly length: number;
  at(index: number): TreeEntry | undefined;
}

/** The file system that a container sees: all layers merged, whiteouts applied. */
export interface FileTree {
  readonly entries: TreeEntries;
  get(path: string): TreeEntry | undefined;
  /** The entries whose paths start with this text, in their order. */
  startingWith(text: string): Iterable<TreeEntry>;
}
