import type { ContentNormalizer } from '../layer/inspect.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';

interface RuleDescription {
  /** Kebab-case; what a person writes to turn it off. */
  readonly name: string;
  /** One sentence: why this can't change what the container does. */
  readonly reason: string;
  /** One concrete difference that it hides, and the nearest one that it does not. */
  readonly example: string;
  /** On unless turned off. */
  readonly default: boolean;
}

/**
 * A rule is one-sided: it sees one image and says what of it is noise. Two images are then compared by what is left, so that
 * comparison is symmetric and transitive, and one digest (the fingerprint) can stand for an image.
 */
export type Rule = ContentRule | TreeRule;

/** Noise inside a file: another form of the content, in which noise has no part. Runs while a layer is read. */
export interface ContentRule extends RuleDescription, ContentNormalizer {
  readonly kind: 'content';
}

/** Noise that is a path. Runs on the merged tree, where the origin of each entry is known. */
export interface TreeRule extends RuleDescription {
  readonly kind: 'tree';
  /**
   * `keep`: not this rule's business. `drop`: not there, for the comparison. `blank`: there, with whatever content. `{ path }`:
   * there, under this name (a random name made constant); several entries may get the same name and are then compared as a multiset.
   */
  judge(entry: TreeEntry, tree: FileTree): Verdict;
}

export type Verdict = 'keep' | 'drop' | 'blank' | { readonly path: string };

export function isTreeRule(rule: Rule): rule is TreeRule {
  return rule.kind === 'tree';
}

export function isContentRule(rule: Rule): rule is ContentRule {
  return rule.kind === 'content';
}
