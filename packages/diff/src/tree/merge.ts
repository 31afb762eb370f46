import type { LayerEntry } from '../layer/entry.js';
import { byPath } from '../layer/order.js';
import { parentOf } from '../layer/path.js';
import { type IndexedLayer, resolveLink } from './hard-link.js';
import { type Cover, coverWith, hiddenBy } from './hidden.js';
import type { FileTree, TreeLayer } from './tree.js';
import { TreeColumns } from './tree-columns.js';

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
  return mergeColumns(layers).toTree();
}

/** The same, by rows. */
export function mergeColumns(layers: readonly StackedLayer[]): TreeColumns {
  let merged = new TreeColumns();
  const cover: Cover = { gone: new Set(), closed: new Set() };
  /** Directories that a layer has only by having something in them. */
  const implied = new Map<string, TreeLayer>();
  const bottom = layers[0]?.layer ?? { index: 0, origin: 'unknown' };
  implied.set('', bottom);
  for (let at = layers.length - 1; at >= 0; at--) {
    const { index, layer } = layers[at] as StackedLayer;
    const isHidden = hiddenBy(cover);
    merged = union(merged, index.entries, {
      both(above, entry, madeIn) {
        const isBack = goesBackTo(above, madeIn, entry, layer) && (above.type !== 'directory' || !isHidden(entry.path));
        return isBack ? layer : madeIn;
      },
      below(entry) {
        if (isHidden(entry.path) || (entry.type !== 'directory' && implied.has(entry.path))) return undefined;
        return { entry: resolveLink(entry, layers, at), layer };
      },
    });
    for (const entry of index.entries) imply(implied, parentOf(entry.path), layer, isHidden);
    if (at === 0) break;
    coverWith(cover, index);
  }
  return union(merged, [...implied.keys()].map(impliedDirectory).sort(byPath), {
    both: (_above, _entry, madeIn) => madeIn,
    below: (entry) => ({ entry, layer: implied.get(entry.path) ?? bottom }),
  });
}

/** What becomes of a path that a lower layer has. */
interface UnionOf {
  /** One that a higher layer has, too, and which stays as it is there: the layer that it goes back to. */
  both(above: LayerEntry, entry: LayerEntry, madeIn: TreeLayer | undefined): TreeLayer | undefined;
  /** One that no higher layer has: what is seen of it; `undefined`: nothing. */
  below(entry: LayerEntry): { readonly entry: LayerEntry; readonly layer: TreeLayer } | undefined;
}

/** The rows of some layers and the entries of the one below them; both sorted by path. */
function union(above: TreeColumns, below: readonly LayerEntry[], { both, below: seen }: UnionOf): TreeColumns {
  const merged = new TreeColumns();
  let row = 0;
  const addAbove = (madeIn: TreeLayer | undefined) => {
    merged.add(above.entryAt(row), above.layerAt(row), madeIn);
    row += 1;
  };
  for (const entry of below) {
    while (row < above.length && above.entryAt(row).path < entry.path) addAbove(above.madeInAt(row));
    if (row < above.length && above.entryAt(row).path === entry.path) {
      addAbove(both(above.entryAt(row), entry, above.madeInAt(row)));
      continue;
    }
    const one = seen(entry);
    if (one !== undefined) merged.add(one.entry, one.layer, undefined);
  }
  while (row < above.length) addAbove(above.madeInAt(row));
  return merged;
}

/**
 * Whether what a higher layer wrote under this path is, for those who ask where it came from, this lower layer's; of files
 * also where something between had removed it, since rules leave alone what may have been copied.
 */
function goesBackTo(above: LayerEntry, madeIn: TreeLayer | undefined, entry: LayerEntry, layer: TreeLayer): boolean {
  if (above.type === 'directory' || entry.type === 'directory') return above.type === entry.type;
  if (madeIn?.origin === 'copy') return false;
  return layer.origin === 'copy' || (above.digest !== undefined && above.digest === entry.digest);
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

function impliedDirectory(path: string): LayerEntry {
  return { path, type: 'directory', mode: 0o755, uid: 0, gid: 0, size: 0 };
}
