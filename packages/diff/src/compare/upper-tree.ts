import { parentOf } from '../layer/path.js';
import { type Cover, coverWith, hiddenBy } from '../tree/hidden.js';
import { mergeColumns, type StackedLayer } from '../tree/merge.js';
import type { FileTree, TreeLayer } from '../tree/tree.js';
import { TreeColumns } from '../tree/tree-columns.js';

/** The layers of an image above those that nobody has read, and how the unread ones came to be. */
export interface UpperLayers {
  readonly layers: readonly StackedLayer[];
  readonly unread: readonly TreeLayer[];
}

/** A tree above layers that nobody has read. */
export interface UpperTree {
  readonly tree: FileTree;
  /** Directories that no layer lists but which something lies in, or lay. */
  readonly implied: ReadonlySet<string>;
  /** Whether nothing of the unread layers shows under this path. */
  readonly hides: (path: string) => boolean;
  /** Whether nothing of the unread layers shows below this path. */
  readonly covers: (path: string) => boolean;
  readonly layers: readonly StackedLayer[];
  readonly unread: readonly TreeLayer[];
}

/** What these layers have, and what they hide. */
export function upperTree({ layers, unread }: UpperLayers): UpperTree {
  const listed = new Set(layers.flatMap(({ index }) => index.entries.map(({ path }) => path)));
  const cover: Cover = { gone: new Set(), closed: new Set() };
  for (const { index } of layers) coverWith(cover, index);
  const hides = hiddenBy(cover);
  // A directory may well have been in the layers that nobody has read.
  const below: TreeLayer = { index: 0, origin: 'unknown' };
  const merged = mergeColumns(layers);
  const rows = new TreeColumns();
  const implied = new Set<string>();
  for (let row = 0; row < merged.length; row++) {
    const entry = merged.entryAt(row);
    if (!listed.has(entry.path)) {
      implied.add(entry.path);
      continue;
    }
    const isUnread = entry.type === 'directory' && !hides(entry.path);
    rows.add(entry, merged.layerAt(row), isUnread ? below : merged.madeInAt(row));
  }
  return { tree: rows.toTree(), implied, hides, covers: (path) => hides(`${path}/`), layers, unread };
}

/** Notes when a rule asks for something that the unread layers may have. */
export function watched({ tree, hides, covers }: UpperTree, asked: { isAboutBase: boolean }): FileTree {
  return {
    entries: tree.entries,
    get(path) {
      const entry = tree.get(path);
      if (entry === undefined && !hides(path)) asked.isAboutBase = true;
      return entry;
    },
    startingWith(text) {
      if (!covers(parentOf(text))) asked.isAboutBase = true;
      return tree.startingWith(text);
    },
  };
}

/** Whether it is known what is under this path, if anything. */
export function isSeen({ tree, hides }: UpperTree, path: string): boolean {
  return tree.get(path) !== undefined || hides(path);
}
