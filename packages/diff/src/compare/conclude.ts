import type { Change, ChangeCategory, ComparedImage, Comparison, DecidedBy, Noise } from './comparison.js';
import type { Policy } from './policy.js';

/** Changes listed in a comparison; the rest is only counted in `truncated`. */
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
    changes: sorted.slice(0, MAX_CHANGES),
    truncated: sorted.length > MAX_CHANGES || platforms.some(({ truncated }) => truncated),
    categories: CATEGORIES.filter((category) => found.has(category)),
    profile: policy.profile,
    policyVersion: policy.version,
  };
}
