import type { Change, ChangeCategory, ComparedImage, Comparison, DecidedBy, Noise } from './comparison.js';
import type { Policy } from './policy.js';

/** Changes listed in a comparison; that there are more says `truncated`. */
export const MAX_CHANGES = 1000;

/** Most telling first. */
const CATEGORIES: readonly ChangeCategory[] = [
  'code',
  'app-dependencies',
  'os-packages',
  'base-image',
  'configuration',
  'metadata',
];
const KINDS: readonly Change['kind'][] = ['platform', 'package', 'config', 'file'];

export interface Findings {
  readonly decidedBy: DecidedBy;
  readonly before: ComparedImage;
  readonly after: ComparedImage;
  readonly changes: readonly Change[];
  readonly noise: readonly Noise[];
  /** Comparisons of the platforms that `changes` were taken from: what they left out is left out here. */
  readonly platforms?: readonly Comparison[];
}

/** The comparison that these findings make: `same` if nothing that counts differs. */
export function conclude({ changes, platforms = [], ...findings }: Findings, policy: Policy): Comparison {
  const found = new Set([
    ...changes.map(({ category }) => category),
    ...platforms.flatMap(({ categories }) => categories),
  ]);
  const sorted = [...changes].sort(
    (a, b) =>
      CATEGORIES.indexOf(a.category) - CATEGORIES.indexOf(b.category) ||
      KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) ||
      (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0),
  );
  return {
    verdict: changes.length === 0 ? 'same' : 'changed',
    ...findings,
    changes: shared(sorted),
    truncated: sorted.length > MAX_CHANGES || platforms.some(({ truncated }) => truncated),
    categories: CATEGORIES.filter((category) => found.has(category)),
    profile: policy.profile,
    policyVersion: policy.version,
  };
}

/**
 * Whether there may be more changes of this category than are listed. The list is shared evenly, and what can't be is one change:
 * only where no other category has two more.
 */
export function isCut({ truncated, categories, changes }: Comparison, category: ChangeCategory): boolean {
  const listed = (wanted: ChangeCategory) => changes.filter((change) => change.category === wanted).length;
  return truncated && categories.every((other) => listed(other) <= listed(category) + 1);
}

/** The first of each category, as many as the list holds: ten thousand files leave out no variable and no package. */
function shared(sorted: readonly Change[]): readonly Change[] {
  if (sorted.length <= MAX_CHANGES) return sorted;
  const counts = new Map<ChangeCategory, number>();
  const ranked = sorted.map((change, at) => {
    const rank = counts.get(change.category) ?? 0;
    counts.set(change.category, rank + 1);
    return { change, at, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, MAX_CHANGES)
    .sort((a, b) => a.at - b.at)
    .map(({ change }) => change);
}
