import type { LayerEntry, LayerIndex } from '../layer/entry.js';
import { parentOf } from '../layer/path.js';

export interface IndexedLayer {
  readonly index: Pick<LayerIndex, 'entries' | 'whiteouts' | 'opaque'>;
}

/** Longest chain of links to links that is followed. */
const MAX_HOPS = 40;

/**
 * The entry itself, or, for a hard link, the file that it names: in the same layer, else in those below. Its content comes from
 * there; mode and owner are the link's own, as who unpacks sets them. A link to nothing or in a circle stays as it is.
 */
export function resolveLink(entry: LayerEntry, layers: readonly IndexedLayer[], at: number): LayerEntry {
  let target: LayerEntry | undefined = entry;
  for (let hops = 0; target?.type === 'hardlink'; hops++) {
    if (hops === MAX_HOPS) return entry;
    const found = lookUp(target.linkTarget ?? '', layers, at);
    if (found === undefined || found.entry.type === 'directory') return entry;
    target = found.entry;
    at = found.at;
  }
  if (target === undefined || target === entry) return entry;
  const { path, mode, uid, gid, xattrs } = entry;
  return { ...target, path, mode, uid, gid, ...(xattrs && { xattrs }) };
}

/** The entry that the layers up to `at` have under this path, and in which of them. */
function lookUp(
  path: string,
  layers: readonly IndexedLayer[],
  at: number,
): { entry: LayerEntry; at: number } | undefined {
  for (let below = at; below >= 0; below--) {
    const { index } = layers[below] as IndexedLayer;
    const entry = find(index.entries, path);
    if (entry !== undefined) return { entry, at: below };
    if (hides(index, path)) return undefined;
  }
  return undefined;
}

/** Whether this layer hides `path` in the layers below. */
function hides(index: IndexedLayer['index'], path: string): boolean {
  if (includes(index.whiteouts, path)) return true;
  for (let parent = path; parent !== ''; ) {
    parent = parentOf(parent);
    if (includes(index.whiteouts, parent) || includes(index.opaque, parent)) return true;
    const entry = find(index.entries, parent);
    if (entry !== undefined && entry.type !== 'directory') return true;
  }
  return false;
}

function find(entries: readonly LayerEntry[], path: string): LayerEntry | undefined {
  const at = lowerBound(entries.length, (i) => (entries[i] as LayerEntry).path < path);
  return entries[at]?.path === path ? entries[at] : undefined;
}

function includes(sorted: readonly string[], path: string): boolean {
  return sorted[lowerBound(sorted.length, (i) => (sorted[i] as string) < path)] === path;
}

/** The first of `0..length` for which `isBefore` is false. */
function lowerBound(length: number, isBefore: (at: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
