import { DiffError } from '../errors.js';
import { baseOf, parentOf, shown } from './path.js';

/** What a marker file says (image-spec 1.1, layer.md, "Whiteouts"). */
export type Marker =
  | { readonly kind: 'whiteout'; readonly path: string }
  | { readonly kind: 'opaque'; readonly path: string }
  /** `.wh..wh.plnk`, `.wh..wh.aufs`, `.wh..wh.orph`: AUFS's own bookkeeping, which no engine unpacks. */
  | { readonly kind: 'bookkeeping' };

const PREFIX = '.wh.';
const BOOKKEEPING = '.wh..wh.';
const OPAQUE = '.wh..wh..opq';

/**
 * The marker that this path is, or is below; `undefined` for an ordinary path.
 * Throws `invalid` for a whiteout of nothing, `.` or `..`, which would hide its own directory or that one's parent.
 */
export function markerOf(path: string): Marker | undefined {
  if (!path.includes(PREFIX)) return undefined;
  if (path.startsWith(BOOKKEEPING) && !path.startsWith(OPAQUE)) return { kind: 'bookkeeping' };
  const name = baseOf(path);
  if (!name.startsWith(PREFIX)) return undefined;
  if (name === OPAQUE) return { kind: 'opaque', path: parentOf(path) };
  if (name.startsWith(BOOKKEEPING)) return { kind: 'bookkeeping' };
  const hidden = name.slice(PREFIX.length);
  if (hidden === '' || hidden === '.' || hidden === '..') {
    throw new DiffError('invalid', `layer: entry ${shown(path)} is a whiteout of no name`);
  }
  const parent = parentOf(path);
  return { kind: 'whiteout', path: parent === '' ? hidden : `${parent}/${hidden}` };
}
