import type { Change, ChangeCategory, Comparison } from '@image-versions/diff';
import type { Reason } from './record.js';

const CATEGORY_WORDS: Readonly<Record<ChangeCategory, string>> = {
  code: 'Code',
  'app-dependencies': 'Application dependencies',
  'os-packages': 'OS packages',
  'base-image': 'Base image',
  configuration: 'Configuration',
  metadata: 'Metadata',
};

/** Changes named in a reason; the record's comparison has them all. */
const NAMED = 3;

/** Why an image counts as changed: a reason for each category, with the first changes as evidence. */
export function contentReasons(comparison: Comparison): Reason[] {
  const reasons = comparison.categories.map((category): Reason => {
    const changes = comparison.changes.filter((change) => change.category === category);
    return {
      kind: 'content',
      category,
      text: `${CATEGORY_WORDS[category]} changed${evidence(changes, comparison.truncated)}.`,
    };
  });
  if (reasons.length > 0) return reasons;
  return [{ kind: 'content', text: `Its content changed (settled by ${comparison.decidedBy}).` }];
}

/** Why an image counts as the same as `standing`. */
export function sameReason(comparison: Comparison, standing: string): Reason {
  const count = comparison.noise.reduce((sum, noise) => sum + noise.count, 0);
  const rules = comparison.noise.map(({ rule }) => rule).join(', ');
  const noise =
    count === 0 ? '' : `; ${count} ${count === 1 ? 'difference is' : 'differences are'} build noise (${rules})`;
  return { kind: 'content', text: `The same in content as ${standing} (settled by ${comparison.decidedBy})${noise}.` };
}

function evidence(changes: readonly Change[], truncated: boolean): string {
  if (changes.length === 0) return '';
  const named = changes
    .slice(0, NAMED)
    .map(({ subject, detail }) => (detail === '' ? subject : `${subject}: ${detail}`));
  const more = changes.length - named.length;
  // A list that is cut has more of each category that it cuts than are named.
  const rest = more === 0 ? '' : `; and ${more}${truncated ? ' or more' : ' more'}`;
  return ` (${named.join('; ')}${rest})`;
}
