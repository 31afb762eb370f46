import { createHash } from 'node:crypto';
import type { Digest } from '@image-versions/oci';
import type { LayerEntry, LayerIndex } from '../layer/entry.js';
import { byPath } from '../layer/order.js';
import type { StackedLayer } from '../tree/merge.js';
import type { FileTree, LayerOrigin, TreeEntry, TreeLayer } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';

type Extra = Partial<LayerEntry>;

const rootOwned = { uid: 0, gid: 0, size: 0 };

export const digestOfText = (text: string): Digest => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** A file of mode 0644 with this text. */
export const file = (path: string, text = '', extra: Extra = {}): LayerEntry => ({
  ...rootOwned,
  path,
  type: 'file',
  mode: 0o644,
  size: text.length,
  digest: digestOfText(text),
  ...extra,
});

export const directory = (path: string, extra: Extra = {}): LayerEntry => ({
  ...rootOwned,
  path,
  type: 'directory',
  mode: 0o755,
  ...extra,
});

export const symlink = (path: string, linkTarget: string, extra: Extra = {}): LayerEntry => ({
  ...rootOwned,
  path,
  type: 'symlink',
  mode: 0o777,
  linkTarget,
  ...extra,
});

export const hardlink = (path: string, linkTarget: string, extra: Extra = {}): LayerEntry => ({
  ...rootOwned,
  path,
  type: 'hardlink',
  mode: 0o644,
  linkTarget,
  ...extra,
});

export const layerAt = (index: number, origin: LayerOrigin = 'unknown'): TreeLayer => ({ index, origin });

/** A layer of these entries; `.wh.x` and `.wh..wh..opq` names are given apart. */
export function stacked(
  layer: TreeLayer,
  entries: readonly LayerEntry[],
  hides: Partial<Pick<LayerIndex, 'whiteouts' | 'opaque'>> = {},
): StackedLayer {
  return {
    layer,
    index: {
      entries: [...entries].sort(byPath),
      whiteouts: [...(hides.whiteouts ?? [])].sort(),
      opaque: [...(hides.opaque ?? [])].sort(),
    },
  };
}

/** A tree of one layer. */
export function treeFrom(entries: readonly LayerEntry[], layer: TreeLayer = layerAt(0, 'copy')): FileTree {
  return treeOf(entries.map((entry): TreeEntry => ({ ...entry, layer })));
}
