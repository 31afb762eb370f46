import { DiffError } from '../errors.js';
import type { LayerEntry, NormalForm } from './entry.js';
import { costOfEvidence, EvidenceLimit } from './evidence-limit.js';

/**
 * What all layer indexes of one comparison may take, as estimated here. Measured: a comparison of two images that fill it, and
 * have no layer in common, stays under 250 MB. Two images of 180,000 files each that are nearly all the same, or of 120,000 that all
 * differ; a layer that both images have counts once.
 */
export const INDEX_LIMIT_BYTES = 100_000_000;

/** Of one entry with its digest. */
const ENTRY_BYTES = 190;
/** Of its place in an index, in a tree and in what is compared, which one that is there already takes, too. */
const ROW_BYTES = 145;
/** Of a name by itself: a whiteout, a directory that is only part of a path. */
const NAME_BYTES = 160;
const STRING_BYTES = 40;

/**
 * The entries of all layer indexes of one comparison, each kept once, and whether they have become more than memory is promised
 * for. Nearly all files of an image built again are those of the image before, though their layer is another.
 */
export class EntryPool {
  readonly #limitBytes: number;
  #left: number;
  readonly #known = new Map<string, LayerEntry>();
  readonly #evidence = new EvidenceLimit();

  constructor(limitBytes: number = INDEX_LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
    this.#left = limitBytes;
  }

  /** The entry, or an equal one that a layer before had. Throws as `spend`. */
  keep(entry: LayerEntry): LayerEntry {
    this.spend(ROW_BYTES);
    const known = this.#known.get(entry.path);
    if (known !== undefined && isEqualFile(known, entry)) return known;
    this.spend(costOfEntry(entry) + costOfEvidence(entry));
    this.#known.set(entry.path, entry);
    return entry;
  }

  /** What was last kept under this path. */
  find(path: string): LayerEntry | undefined {
    return this.#known.get(path);
  }

  /** A plain entry that was kept is one no more: whoever has it has its normal form now. Throws as `spend`. */
  complete(entry: LayerEntry, normal: NormalForm | undefined): void {
    const content = this.#evidence.fit({ normal });
    this.spend(costOfEvidence(content));
    const draft: { -readonly [K in keyof LayerEntry]: LayerEntry[K] } = entry;
    draft.isPlain = undefined;
    draft.normal = content.normal;
  }

  /** Throws `limit` as soon as more than the bound is spent. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    const limit = Math.round(this.#limitBytes / 1e6);
    throw new DiffError('limit', `layer: the paths of both images together take more than ${limit} MB of memory`, {
      hint: 'Images with more than about 180,000 files each, or with very long paths, are not compared; split the image.',
    });
  }
}

/** What inspectors made of equal files of one path and mode is equal, unless a layer had too much of it. */
function isEqualFile(a: LayerEntry, b: LayerEntry): boolean {
  return (
    a.digest === b.digest &&
    a.type === b.type &&
    a.mode === b.mode &&
    a.uid === b.uid &&
    a.gid === b.gid &&
    a.size === b.size &&
    a.linkTarget === b.linkTarget &&
    a.isPlain === b.isPlain &&
    a.normal?.rule === b.normal?.rule &&
    a.normal?.digest === b.normal?.digest &&
    (a.normal?.parts === undefined) === (b.normal?.parts === undefined) &&
    (a.packages === undefined) === (b.packages === undefined) &&
    a.device === undefined &&
    b.device === undefined &&
    a.xattrs === undefined &&
    b.xattrs === undefined
  );
}

export function costOfName(name: string): number {
  return NAME_BYTES + name.length;
}

function costOfEntry({ path, linkTarget = '', xattrs }: LayerEntry): number {
  let cost = ENTRY_BYTES + path.length + linkTarget.length;
  for (const [name, value] of Object.entries(xattrs ?? {})) cost += 2 * STRING_BYTES + name.length + value.length;
  return cost;
}
