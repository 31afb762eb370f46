import type { LayerEntry } from '../layer/entry.js';
import { byPath, parentOf } from '../layer/path.js';
import { withRareFields } from '../layer/rare-fields.js';
import { type IndexedLayer, resolveLink } from './hard-link.js';
import { type Cover, hiddenBy } from './hidden.js';
import type { FileTree, TreeEntry, TreeLayer } from './tree.js';

/** A layer and where it stands. */
export interface StackedLayer extends IndexedLayer {
  readonly layer: TreeLayer;
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
  const cover: Cover = { gone: new Set(), closed: new Set() };
  /** Directories that a layer has only by having something in them. */
  const implied = new Map<string, TreeLayer>();
  const bottom = layers[0]?.layer ?? { index: 0, origin: 'unknown' };
  implied.set('', bottom);
  for (let at = layers.length - 1; at >= 0; at--) {
    const { index, layer } = layers[at] as StackedLayer;
    const isHidden = hiddenBy(cover);
    for (const entry of index.entries) {
      const above = merged.get(entry.path);
      if (
        above !== undefined &&
        goesBackTo(above, entry, layer) &&
        (above.type !== 'directory' || !isHidden(entry.path))
      ) {
        merged.set(entry.path, placed(above, above.layer, layer));
      }
      if (above !== undefined || isHidden(entry.path)) continue;
      if (entry.type === 'directory' || !implied.has(entry.path)) {
        merged.set(entry.path, placed(resolveLink(entry, layers, at), layer));
      }
    }
    for (const entry of index.entries) imply(implied, parentOf(entry.path), layer, isHidden);
    if (at === 0) break;
    for (const entry of index.entries) if (entry.type !== 'directory') cover.gone.add(entry.path);
    for (const path of index.whiteouts) cover.gone.add(path);
    for (const path of index.opaque) cover.closed.add(path);
  }
  for (const [path, layer] of implied) if (!merged.has(path)) merged.set(path, impliedDirectory(path, layer));
  return treeBy(merged);
}

/**
 * Whether what a higher layer wrote under this path is, for those who ask where it came from, this lower layer's; of files
 * also where something between had removed it, since rules leave alone what may have been copied.
 */
function goesBackTo(above: TreeEntry, entry: LayerEntry, layer: TreeLayer): boolean {
  if (above.type === 'directory' || entry.type === 'directory') return above.type === entry.type;
  if (above.madeIn?.origin === 'copy') return false;
  return layer.origin === 'copy' || (above.digest !== undefined && above.digest === entry.digest);
}

/** A tree of these entries, in whatever order; the last of a path wins. */
export function treeOf(entries: readonly TreeEntry[]): FileTree {
  const byName = new Map<string, TreeEntry>();
  for (const entry of entries) byName.set(entry.path, entry);
  return treeBy(byName);
}

function treeBy(byName: ReadonlyMap<string, TreeEntry>): FileTree {
  return { entries: [...byName.values()].sort(byPath), get: (path) => byName.get(path) };
}

/** The entry, where it lies. */
function placed(entry: LayerEntry, layer: TreeLayer, madeIn?: TreeLayer): TreeEntry {
  const { path, type, mode, uid, gid, size, digest } = entry;
  const at: { -readonly [K in keyof TreeEntry]: TreeEntry[K] } =
    digest === undefined
      ? { path, type, mode, uid, gid, size, layer }
      : { path, type, mode, uid, gid, size, digest, layer };
  if (madeIn !== undefined) at.madeIn = madeIn;
  return withRareFields(at, entry);
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
