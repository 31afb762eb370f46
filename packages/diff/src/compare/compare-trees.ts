import { isTreeRule, type Rule } from '../noise/rule.js';
import type { FileTree } from '../tree/tree.js';
import { applyRules } from './apply-rules.js';
import { type BaseLayers, categoryOf } from './categories.js';
import type { Change, ChangeCategory, Noise } from './comparison.js';
import { MAX_CHANGES } from './conclude.js';
import { type Difference, type Differences, differencesOf } from './differences.js';
import { detailOf } from './evidence.js';
import { type MissingForms, missingFormsOf } from './missing-forms.js';
import { ownersOf } from './owners.js';
import { packageChanges } from './package-changes.js';
import { pythonSourceOf } from './python-source.js';

/** What differs between two file systems: what counts, most telling first, and what does not. */
export interface TreeComparison {
  readonly changes: readonly Change[];
  readonly noise: readonly Noise[];
}

/** Paths given as an example of what a rule explains. */
const MAX_EXAMPLES = 3;

/**
 * Compares path, type, mode, owner, link target, device, extended attributes and content of everything that the rules leave;
 * file times play no part. Content rules have done their work when the layers were read; where files are plain, an answer may need it.
 */
export function compareTrees(
  before: FileTree,
  after: FileTree,
  rules: readonly Rule[],
  baseLayers: BaseLayers = { before: 0, after: 0 },
): TreeComparison | MissingForms {
  const treeRules = rules.filter(isTreeRule);
  const judged = [applyRules(before, treeRules), applyRules(after, treeRules)] as const;
  const differences = differencesOf(...judged);
  const missingForms = missingFormsOf(differences.counted, judged);
  return missingForms.size > 0 ? { missingForms } : reportOf(differences, [before, after], rules, baseLayers);
}

/** Differences in the words of a report; `trees` say which package a file belongs to. */
export function reportOf(
  differences: Differences,
  trees: readonly FileTree[],
  rules: readonly Rule[],
  baseLayers: BaseLayers,
): TreeComparison {
  return { changes: changesOf(differences.counted, trees, baseLayers), noise: noiseOf(differences, rules) };
}

function changesOf(counted: readonly Difference[], trees: readonly FileTree[], baseLayers: BaseLayers): Change[] {
  if (counted.length === 0) return [];
  const owners = ownersOf(trees);
  const packages = packageChanges(counted, owners, baseLayers);
  const changes: Change[] = [...packages.changes];
  const modules = new Map(counted.filter(({ path }) => path.endsWith('.py')).map((module) => [module.path, module]));
  const told = new Map<ChangeCategory, number>();
  for (const difference of counted) {
    if (packages.accountsFor(difference)) continue;
    const source = modules.get(pythonSourceOf(difference.path)) ?? difference;
    const category = categoryOf(source, owners(difference.path)[0], baseLayers);
    const count = (told.get(category) ?? 0) + 1;
    told.set(category, count);
    // They come in the order of their paths, and one more than are listed says that there are more.
    if (count <= MAX_CHANGES + 1) changes.push(fileChange(difference, category));
  }
  return changes;
}

function fileChange(difference: Difference, category: ChangeCategory): Change {
  const { path, before, after } = difference;
  return {
    category,
    kind: 'file',
    action: before === undefined ? 'added' : after === undefined ? 'removed' : 'modified',
    subject: `/${path}`,
    detail: detailOf(difference),
  };
}

function noiseOf({ explained }: Differences, rules: readonly Rule[]): Noise[] {
  const reasons = new Map(rules.map(({ name, reason }) => [name, reason]));
  return [...explained]
    .map(([rule, paths]) => ({
      rule,
      reason: reasons.get(rule) ?? '',
      count: paths.size,
      examples: [...paths]
        .sort()
        .slice(0, MAX_EXAMPLES)
        .map((path) => `/${path}`),
    }))
    .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}
