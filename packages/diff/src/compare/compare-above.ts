import { isTreeRule, type Rule, type TreeRule } from '../noise/rule.js';
import type { FileTree, TreeLayer } from '../tree/tree.js';
import { applyRules, type JudgedTree } from './apply-rules.js';
import type { BaseLayers } from './categories.js';
import { reportOf, type TreeComparison } from './compare-trees.js';
import { type Difference, differencesOf } from './differences.js';
import { isSameEntry } from './identity.js';
import { type MissingForms, missingFormsOf } from './missing-forms.js';
import { isSeen, type UpperLayers, type UpperTree, upperTree, watched } from './upper-tree.js';

/**
 * Compares two images by the layers above those that they share, without the shared ones. `undefined` where the answer depends
 * on what the shared layers have, the verdict or one of the changes that are told: where only one image touches a path, say, which may
 * have been so in the base. Files may be plain.
 */
export function compareAbove(
  before: UpperLayers,
  after: UpperLayers,
  rules: readonly Rule[],
  baseLayers: BaseLayers,
): TreeComparison | MissingForms | undefined {
  const asked = { isAboutBase: false };
  const [a, b] = [upperTree(before), upperTree(after)];
  if ([a, b].some(({ tree }) => hasHardLink(tree))) return undefined;
  const treeRules = rules.filter(isTreeRule);
  const judge = (side: UpperTree) => applyRules(watched(side, asked), treeRules);
  const [judgedA, judgedB] = [judge(a), judge(b)];
  if (asked.isAboutBase) return undefined;
  const { counted, explained } = differencesOf(judgedA, judgedB);
  const missingForms = missingFormsOf(counted, [judgedA, judgedB]);
  if (missingForms.size > 0) return { missingForms };
  // Which layer first made a directory, as rules ask, may be an unread one.
  const isSettled = (difference: Difference) =>
    isSeen(a, difference.path) && isSeen(b, difference.path) && !isDirectory(difference);
  const isAlike =
    impliesTheSame(a, b) &&
    impliesTheSame(b, a) &&
    hidesTheSame(a, b) &&
    hidesTheSame(b, a) &&
    isJudgedAlike(judgedA, b) &&
    isJudgedAlike(judgedB, a) &&
    isJudgedForSure(judgedA, a, b, treeRules) &&
    isJudgedForSure(judgedB, b, a, treeRules);
  if (!isAlike || !counted.every(isSettled)) return undefined;
  return reportOf({ counted, explained }, [a.tree, b.tree], rules, baseLayers);
}

function hasHardLink(tree: FileTree): boolean {
  for (const { type } of tree.entries) if (type === 'hardlink') return true;
  return false;
}

function isDirectory({ before, after }: Difference): boolean {
  return before?.type === 'directory' || after?.type === 'directory';
}

/** Whether directories that one side has only by what lies in them, the other has, too. */
function impliesTheSame(one: UpperTree, other: UpperTree): boolean {
  return [...one.implied].every((path) => other.implied.has(path) || other.tree.get(path)?.type === 'directory');
}

/** Whether what one side takes away from the unread layers, the other takes away, too. */
function hidesTheSame(one: UpperTree, other: UpperTree): boolean {
  return one.layers.every(
    ({ index }) =>
      index.whiteouts.every((path) => isSeen(other, path) && other.covers(path)) && index.opaque.every(other.covers),
  );
}

/**
 * Whether nothing that rules took out of one side may be in the other's unread layers. A directory stays if anything unread in it
 * does, and is then compared.
 */
function isJudgedAlike({ tree, judgements }: JudgedTree, other: UpperTree): boolean {
  return [...judgements.keys()].every((path) => {
    const [entry, opposite] = [tree.get(path), other.tree.get(path)];
    const isSameDirectory = entry?.type === 'directory' && opposite !== undefined && isSameEntry(entry, opposite);
    return isSeen(other, path) && (isSameDirectory || other.covers(path));
  });
}

/**
 * Whether rules would say the same of each file that differs if it went back to an unread layer, which the upper ones only wrote over:
 * to a COPY of that path, whatever it brought, or to a layer that had the same content.
 */
function isJudgedForSure(
  { tree, judgements }: JudgedTree,
  { unread }: UpperTree,
  other: UpperTree,
  rules: readonly TreeRule[],
): boolean {
  const named = new Map(rules.map((rule) => [rule.name, rule]));
  return [...judgements].every(([path, { rule, name }]) => {
    const [entry, opposite] = [tree.get(path), other.tree.get(path)];
    if (entry === undefined || entry.type === 'directory') return true;
    if (opposite !== undefined && isSameEntry(entry, opposite)) return true;
    return unread.every((layer) => {
      if (!mayHave(layer, path)) return true;
      const verdict = named.get(rule)?.judge({ ...entry, madeIn: layer }, tree) ?? 'keep';
      if (verdict === 'keep' || verdict === 'drop') return verdict === 'drop' && name === undefined;
      return name === (verdict === 'blank' ? path : verdict.path);
    });
  });
}

function mayHave({ copiedTo = '' }: TreeLayer, path: string): boolean {
  return copiedTo === '' || path === copiedTo || path.startsWith(`${copiedTo}/`);
}
