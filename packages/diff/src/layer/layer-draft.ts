import { DiffError } from '../errors.js';
import type { LayerEntry, LayerIndex } from './entry.js';
import { costOfName, type EntryPool } from './entry-pool.js';
import { EvidenceLimit } from './evidence-limit.js';
import { byPath } from './order.js';
import { parentOf } from './path.js';
import { markerOf } from './whiteout.js';

/** What one layer's tar says, without the digest that it is known by. */
export type LayerContent = Omit<LayerIndex, 'diffId'>;

/** Collects the entries of one layer in the order of its archive. */
export class LayerDraft {
  /** In the order of the archive, every mention of a path. */
  readonly #entries: LayerEntry[] = [];
  readonly #parents = new Set<string>();
  readonly #whiteouts = new Set<string>();
  readonly #opaque = new Set<string>();
  readonly #pool: EntryPool;
  readonly #evidence = new EvidenceLimit();
  #hasReplaced = false;

  /** What it collects is taken from `pool`, which throws `limit`. */
  constructor(pool: EntryPool) {
    this.#pool = pool;
  }

  /** True where `path` was a marker: it is noted, and no entry of the file system. */
  addMarker(path: string): boolean {
    const marker = markerOf(path);
    if (marker === undefined) return false;
    this.#pool.spend(costOfName(path));
    if (marker.kind === 'whiteout') this.#whiteouts.add(marker.path);
    else if (marker.kind === 'opaque') this.#opaque.add(marker.path);
    return true;
  }

  /** The last entry of a path wins. Gives the entry as it is kept. Throws `invalid` where the root is to be no directory. */
  addEntry(entry: LayerEntry): LayerEntry {
    const { path, type } = entry;
    if (path === '' && type !== 'directory')
      throw new DiffError('invalid', `layer: the root of the image is a ${type}, expected a directory`);
    this.#hasReplaced ||= type !== 'directory' && this.#parents.has(path);
    for (let parent = path; parent !== ''; ) {
      parent = parentOf(parent);
      if (this.#parents.has(parent)) break;
      this.#pool.spend(costOfName(parent));
      this.#parents.add(parent);
    }
    const kept = this.#pool.keep(this.#evidence.fit(entry));
    this.#entries.push(kept);
    return kept;
  }

  finish(sizeBytes: number): LayerContent {
    const entries = this.#hasReplaced ? this.#withoutReplaced() : this.#entries;
    return {
      sizeBytes,
      entries: lastOfEach(entries.sort(byPath)),
      whiteouts: [...this.#whiteouts].sort(),
      opaque: [...this.#opaque].sort(),
    };
  }

  /** Leaves out what lay in a directory whose name something else took later: who unpacks it removes what was there. */
  #withoutReplaced(): LayerEntry[] {
    const lastMentions = new Map(this.#entries.map(({ path }, at) => [path, at]));
    const isReplaced = (path: string) => {
      const mentioned = lastMentions.get(path) ?? 0;
      for (let parent = path; parent !== ''; ) {
        parent = parentOf(parent);
        const at = lastMentions.get(parent) ?? -1;
        if (at > mentioned && this.#entries[at]?.type !== 'directory') return true;
      }
      return false;
    };
    return this.#entries.filter(({ path }) => !isReplaced(path));
  }
}

/** Of entries sorted by path, those of one path in the order of their mention: the last one. */
function lastOfEach(sorted: readonly LayerEntry[]): LayerEntry[] {
  return sorted.filter(({ path }, at) => sorted[at + 1]?.path !== path);
}
