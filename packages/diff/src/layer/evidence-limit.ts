import type { LayerEntry, PackageFact, Part } from './entry.js';

/** What packages and parts of files may take in one layer; they are evidence, so past this they are left out. */
export const EVIDENCE_LIMIT_BYTES = 32_000_000;

const STRING_BYTES = 40;

type Evidence = Pick<LayerEntry, 'normal' | 'packages'>;

/** Counts the evidence that files bring, until there is too much of it. */
export class EvidenceLimit {
  #left = EVIDENCE_LIMIT_BYTES;

  /** The same, without its packages and parts where there have been too many of them. */
  fit<T extends Evidence>(content: T): T {
    const cost = costOfEvidence(content);
    if (cost <= this.#left) {
      this.#left -= cost;
      return content;
    }
    const { packages: _, normal, ...rest } = content;
    return (normal === undefined ? rest : { ...rest, normal: { rule: normal.rule, digest: normal.digest } }) as T;
  }
}

/** Of the parts and packages that an entry's content has, in bytes as estimated. */
export function costOfEvidence({ normal, packages = [] }: Evidence): number {
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
