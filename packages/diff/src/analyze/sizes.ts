import type { LayerEntry } from '../layer/entry.js';
import { parentOf } from '../layer/path.js';

/** Bytes of everything below a folder, by its path; the root is the empty string. */
export type FolderSizes = ReadonlyMap<string, number>;

/** Bytes of one entry as `lstat` gives them: a file's content, a symlink's target; 0 for all else, and for what is not there. */
export function sizeOf(entry: LayerEntry | undefined): number {
  if (entry?.type === 'file') return entry.size;
  return entry?.type === 'symlink' ? Buffer.byteLength(entry.linkTarget ?? '') : 0;
}

/** One pass over all entries: each folder's size, of folders too that have no entry of their own. */
export function folderSizes(entries: Iterable<LayerEntry>): FolderSizes {
  const sizes = new Map<string, number>([['', 0]]);
  for (const entry of entries) {
    if (entry.type === 'directory' && !sizes.has(entry.path)) sizes.set(entry.path, 0);
    const size = sizeOf(entry);
    for (let path = entry.path; path !== ''; ) {
      path = parentOf(path);
      sizes.set(path, (sizes.get(path) ?? 0) + size);
    }
  }
  return sizes;
}
