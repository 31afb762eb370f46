import type { LayerEntry } from '../layer/entry.js';
import { byPath } from '../layer/order.js';
import { withRareFields } from '../layer/rare-fields.js';
import type { FileTree, TreeEntry, TreeLayer } from './tree.js';

/**
 * The rows of a tree, sorted by path. An image has hundreds of thousands of them, so a row points to the entry that its layer has
 * anyway, and becomes a `TreeEntry` when somebody looks at it.
 */
export class TreeColumns {
  readonly #entries: LayerEntry[] = [];
  readonly #layers: TreeLayer[] = [];
  readonly #madeIn: (TreeLayer | undefined)[] = [];

  get length(): number {
    return this.#entries.length;
  }

  /** Paths must come in their order, each once. */
  add(entry: LayerEntry, layer: TreeLayer, madeIn: TreeLayer | undefined): void {
    this.#entries.push(entry);
    this.#layers.push(layer);
    this.#madeIn.push(madeIn);
  }

  entryAt(row: number): LayerEntry {
    return this.#entries[row] as LayerEntry;
  }

  layerAt(row: number): TreeLayer {
    return this.#layers[row] as TreeLayer;
  }

  madeInAt(row: number): TreeLayer | undefined {
    return this.#madeIn[row];
  }

  toTree(): FileTree {
    const row = (at: number) => this.#treeEntry(at);
    const { length } = this;
    /** Who asks for one path after another, as most do, asks for the next. */
    let next = 0;
    return {
      entries: {
        length,
        at: (index) => (index >= 0 && index < length ? row(index) : undefined),
        *[Symbol.iterator]() {
          for (let at = 0; at < length; at++) yield row(at);
        },
      },
      get: (path) => {
        const at = this.#entries[next]?.path === path ? next : this.#rowOf(path);
        if (at === undefined) return undefined;
        next = at + 1;
        return row(at);
      },
      startingWith: (text) => this.#entriesFrom(text),
    };
  }

  *#entriesFrom(text: string): Generator<TreeEntry> {
    for (let at = this.#firstFrom(text); this.#entries[at]?.path.startsWith(text); at++) yield this.#treeEntry(at);
  }

  #rowOf(path: string): number | undefined {
    const row = this.#firstFrom(path);
    return this.#entries[row]?.path === path ? row : undefined;
  }

  /** The first row whose path is this one, or behind it. */
  #firstFrom(path: string): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entryAt(middle).path < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #treeEntry(row: number): TreeEntry {
    const entry = this.entryAt(row);
    const { path, type, mode, uid, gid, size, digest } = entry;
    const layer = this.layerAt(row);
    const madeIn = this.madeInAt(row);
    const made: { -readonly [K in keyof TreeEntry]: TreeEntry[K] } =
      digest === undefined
        ? { path, type, mode, uid, gid, size, layer }
        : { path, type, mode, uid, gid, size, digest, layer };
    if (madeIn !== undefined) made.madeIn = madeIn;
    return withRareFields(made, entry);
  }
}

/** A tree of these entries, in whatever order; the last of a path wins. */
export function treeOf(entries: readonly TreeEntry[]): FileTree {
  const byName = new Map(entries.map((entry) => [entry.path, entry]));
  const columns = new TreeColumns();
  for (const entry of [...byName.values()].sort(byPath)) columns.add(entry, entry.layer, entry.madeIn);
  return columns.toTree();
}
