import { DiffError } from '../errors.js';
import type { LayerEntry, LayerIndex } from './entry.js';
import { byPath, parentOf, shown } from './path.js';
import { markerOf } from './whiteout.js';

/** Most entries of one layer. Ten times the largest seen; more would not fit in the memory that is promised. */
export const MAX_ENTRIES = 1_000_000;

/** What one layer's tar says, without the digest that it is known by. */
export type LayerContent = Omit<LayerIndex, 'diffId'>;

/** Collects the entries of one layer in the order of its archive. */
export class LayerDraft {
  readonly #entries = new Map<string, { readonly entry: LayerEntry; readonly position: number }>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  #position = 0;

  /** True where `path` was a marker: it is noted, and no entry of the file system. */
  addMarker(path: string): boolean {
    const marker = markerOf(path);
    if (marker === undefined) return false;
    this.#count();
    if (marker.kind === 'whiteout') this.#whiteouts.add(marker.path);
    else if (marker.kind === 'opaque') this.#opaque.add(marker.path);
    return true;
  }

  /** The last entry of a path wins. */
  addEntry(entry: LayerEntry): void {
    this.#count();
    this.#entries.set(entry.path, { entry, position: this.#position });
  }

  finish(sizeBytes: number): LayerContent {
    const entries = [...this.#entries.values()].filter(
      ({ entry, position }) => !this.#isReplaced(entry.path, position),
    );
    return {
      sizeBytes,
      entries: entries.map(({ entry }) => entry).sort(byPath),
      whiteouts: [...this.#whiteouts].sort(),
      opaque: [...this.#opaque].sort(),
    };
  }

  /** Whether something that is not a directory came later under the name of a directory above: unpacking removes what was there. */
  #isReplaced(path: string, position: number): boolean {
    for (let parent = path; parent !== ''; ) {
      parent = parentOf(parent);
      const above = this.#entries.get(parent);
      if (above !== undefined && above.position > position && above.entry.type !== 'directory') return true;
    }
    return false;
  }

  #count(): void {
    this.#position += 1;
    if (this.#position > MAX_ENTRIES) {
      throw new DiffError('limit', `layer: more than ${MAX_ENTRIES} entries`, {
        hint: 'Split the layer, or ask whether it is what it claims to be.',
      });
    }
  }
}

/** Throws `invalid` for an entry that says the root of the image is something other than a directory. */
export function checkRoot(entry: LayerEntry): void {
  if (entry.path === '' && entry.type !== 'directory') {
    throw new DiffError(
      'invalid',
      `layer: the root of the image is a ${entry.type}, expected a directory (${shown('/')})`,
    );
  }
}
