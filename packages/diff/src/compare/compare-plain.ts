import type { Digest } from '@image-versions/oci';
import type { LayerEntry } from '../layer/entry.js';
import type { Rule } from '../noise/rule.js';
import type { FileTree } from '../tree/tree.js';
import { applyRules } from './apply-rules.js';
import type { BaseLayers } from './categories.js';
import { isTreeRule, reportOf, type TreeComparison } from './compare-trees.js';
import { differencesOf } from './differences.js';

/**
 * As `compareTrees`, where normal forms are missing in some layers that both images have. `undefined` where one could make two
 * files the same, or tell what differs in them. Rules for paths look at normal forms only to drop more, and what is the same
 * without them is so with them.
 */
export function comparePlain(
  before: FileTree,
  after: FileTree,
  plain: readonly LayerEntry[],
  rules: readonly Rule[],
  baseLayers: BaseLayers,
): TreeComparison | undefined {
  // By content and not by layer: a hard link of a layer above has its content from here, too.
  const plainContents = new Set<Digest | undefined>(plain.map(({ digest }) => digest));
  plainContents.delete(undefined);
  const isPlain = ({ normal, digest }: LayerEntry) => normal === undefined && plainContents.has(digest);
  const mayHaveForm = (entry: LayerEntry) => entry.normal !== undefined || isPlain(entry);
  const treeRules = rules.filter(isTreeRule);
  const [judgedA, judgedB] = [applyRules(before, treeRules), applyRules(after, treeRules)] as const;
  const differences = differencesOf(judgedA, judgedB);
  const isRenamedLikePlain = (path: string) =>
    [judgedA, judgedB].some(({ judgements }) => {
      const name = judgements.get(path)?.name;
      return name !== undefined && [judgedA, judgedB].some(({ kept }) => kept(name).some(isPlain));
    });
  const isOpen = differences.counted.some(({ path, ...sides }) => {
    const [a, b] = [sides.before ?? before.get(path), sides.after ?? after.get(path)];
    const mayBeSame = a && b && (isPlain(a) || isPlain(b)) && mayHaveForm(a) && mayHaveForm(b);
    return mayBeSame || isRenamedLikePlain(path);
  });
  return isOpen ? undefined : reportOf(differences, [before, after], rules, baseLayers);
}
