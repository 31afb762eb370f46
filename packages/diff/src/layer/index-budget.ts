import { DiffError } from '../errors.js';
import type { LayerEntry, PackageFact, Part } from './entry.js';

/**
 * What all layer indexes of one comparison may take, as estimated here. Measured: a comparison of two images that fill it, and
 * have no layer in common, stays under 250 MB. About 230,000 paths; a layer that both images have counts once.
 */
export const INDEX_LIMIT_BYTES = 108_000_000;

/** What packages and parts of files may take in one layer; they are evidence, so past this they are left out. */
export const EVIDENCE_LIMIT_BYTES = 32_000_000;

/** Of one entry with its digest, in an index, in a merged tree and in what is compared. */
const ENTRY_BYTES = 420;
/** Of a name by itself: a whiteout, a directory that is only part of a path. */
const NAME_BYTES = 160;
const STRING_BYTES = 40;

/** Says when the indexes of a comparison have become larger than memory is promised for. */
export class IndexBudget {
  readonly #limitBytes: number;
  #left: number;

  constructor(limitBytes: number = INDEX_LIMIT_BYTES) {
    this.#limitBytes = limitBytes;
    this.#left = limitBytes;
  }

  /** Throws `limit` as soon as more than the bound is spent. */
  spend(bytes: number): void {
    this.#left -= bytes;
    if (this.#left >= 0) return;
    const limit = Math.round(this.#limitBytes / 1e6);
    throw new DiffError('limit', `layer: the paths of both images together take more than ${limit} MB of memory`, {
      hint: 'Images with more than about 230,000 different paths, or with very long ones, are not compared; split the image.',
    });
  }
}

export function costOfName(name: string): number {
  return NAME_BYTES + name.length;
}

export function costOfEntry({ path, linkTarget = '', xattrs }: LayerEntry): number {
  let cost = ENTRY_BYTES + path.length + linkTarget.length;
  for (const [name, value] of Object.entries(xattrs ?? {})) cost += 2 * STRING_BYTES + name.length + value.length;
  return cost;
}

/** Of the parts and packages that an entry's content has. */
export function costOfEvidence({ normal, packages = [] }: Pick<LayerEntry, 'normal' | 'packages'>): number {
  return sum(normal?.parts ?? [], costOfPart) + sum(packages, costOfPackage);
}

function costOfPart({ name, value }: Part): number {
  return 3 * STRING_BYTES + name.length + value.length;
}

function costOfPackage({ name, version, files = [] }: PackageFact): number {
  return 4 * STRING_BYTES + name.length + version.length + sum(files, (file) => STRING_BYTES + file.length);
}

function sum<T>(items: readonly T[], costOf: (item: T) => number): number {
  return items.reduce((total, item) => total + costOf(item), 0);
}
