import { byPath, parentOf } from '../layer/path.js';
import { type IndexedLayer, resolveLink } from './hard-link.js';
import type { FileTree, TreeEntry, TreeLayer } from './tree.js';

/** A layer and where it stands. */
export interface StackedLayer extends IndexedLayer {
  readonly layer: TreeLayer;
}

/** What the layers above a given one make of it. */
interface Cover {
  /** Whiteouts, and things that are no directory: the path and all below is hidden. */
  readonly gone: Set<string>;
  /** Opaque directories: all below the path is hidden. */
  readonly closed: Set<string>;
  /** Directories that a layer has only by having something in them. */
  readonly implied: Map<string, TreeLayer>;
}

/**
 * The file system of these layers, bottom first, as overlayfs shows it (image-spec 1.1, layer.md, "Applying Changesets"): each
 * layer is a folder of its own, so a path is literal (a symlink of a lower layer is never followed; a directory of a higher one
 * replaces it), a whiteout and an opaque directory hide lower layers only, and hiding what is not there is nothing.
 * A directory that no layer lists but which something lies in is one of root's with mode 0755; so is the root.
 * A hard link becomes a file of its own; one to nothing, or in a circle, stays a `hardlink`.
 */
export function mergeLayers(layers: readonly StackedLayer[]): FileTree {
  const merged = new Map<string, TreeEntry>();
  const cover: Cover = { gone: new Set(), closed: new Set(), implied: new Map() };
  const bottom = layers[0]?.layer ?? { index: 0, origin: 'unknown' };
  cover.implied.set('', bottom);
  for (let at = layers.length - 1; at >= 0; at--) {
    const { index, layer } = layers[at] as StackedLayer;
    const isHidden = hiddenBy(cover);
    for (const entry of index.entries) {
      if (isHidden(entry.path)) continue;
      const above = merged.get(entry.path);
      if (above !== undefined) {
        if (above.type === 'directory' && entry.type === 'directory')
          merged.set(entry.path, { ...above, madeIn: layer });
      } else if (entry.type === 'directory' || !cover.implied.has(entry.path)) {
        merged.set(entry.path, { ...resolveLink(entry, layers, at), layer });
      }
    }
    for (const entry of index.entries) imply(cover.implied, parentOf(entry.path), layer, isHidden);
    for (const entry of index.entries) if (entry.type !== 'directory') cover.gone.add(entry.path);
    for (const path of index.whiteouts) cover.gone.add(path);
    for (const path of index.opaque) cover.closed.add(path);
  }
  for (const [path, layer] of cover.implied) if (!merged.has(path)) merged.set(path, impliedDirectory(path, layer));
  return treeOf([...merged.values()]);
}

/** A tree of these entries, in whatever order; the last of a path wins. */
export function treeOf(entries: readonly TreeEntry[]): FileTree {
  const byName = new Map(entries.map((entry) => [entry.path, entry]));
  const sorted = [...byName.values()].sort(byPath);
  return { entries: sorted, get: (path) => byName.get(path) };
}

/** Remembers its answer for each directory, so that a deep tree costs no more than a flat one. */
function hiddenBy({ gone, closed }: Cover): (path: string) => boolean {
  const nothingHides = gone.size === 0 && closed.size === 0;
  const known = new Map<string, boolean>();
  /** Whether what lies in this directory is hidden; a loop, since a hostile path may be thousands of names deep. */
  const isClosed = (directory: string): boolean => {
    const asked: string[] = [];
    let answer: boolean | undefined;
    for (let path = directory; ; path = parentOf(path)) {
      answer = known.get(path) ?? (closed.has(path) || gone.has(path) ? true : path === '' ? false : undefined);
      asked.push(path);
      if (answer !== undefined) break;
    }
    for (const path of asked) known.set(path, answer);
    return answer;
  };
  return (path) => !nothingHides && path !== '' && (gone.has(path) || isClosed(parentOf(path)));
}

/** A directory that is implied and not hidden has parents that are so too. */
function imply(
  implied: Map<string, TreeLayer>,
  directory: string,
  layer: TreeLayer,
  isHidden: (path: string) => boolean,
): void {
  for (let path = directory; path !== '' && !implied.has(path); path = parentOf(path)) {
    if (!isHidden(path)) implied.set(path, layer);
  }
}

function impliedDirectory(path: string, layer: TreeLayer): TreeEntry {
  return { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0, layer };
}
