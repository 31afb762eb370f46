import { addTo } from '../layer/groups.js';
import type { TreeEntry } from '../tree/tree.js';
import type { JudgedTree } from './apply-rules.js';
import { identityOf, isIdenticalEntry, isSameEntry } from './identity.js';

/** One path on which the two images differ; at least one side is there. */
export interface Difference {
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

/** What counts, sorted by path, and the paths that each rule explains. */
export interface Differences {
  readonly counted: readonly Difference[];
  readonly explained: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Compares what rules have left of two trees. */
export function differencesOf(before: JudgedTree, after: JudgedTree): Differences {
  const counted: Difference[] = [];
  const explained = new Map<string, Set<string>>();
  const explain = (rule: string, path: string) => {
    const paths = explained.get(rule);
    if (paths) paths.add(path);
    else explained.set(rule, new Set([path]));
  };
  for (const name of namesOf(before, after)) {
    for (const [a, b] of pairs(before.kept(name), after.kept(name))) {
      if (a && b && isSameEntry(a, b)) {
        if (!isIdenticalEntry(a, b) && b.normal) explain(b.normal.rule, b.path);
        continue;
      }
      const path = (b ?? a)?.path ?? name;
      // A rule that looks away on the other side only, for where the path came from there, says nothing of one that is equal.
      const left = a ? wholeOf(before, a) : takenOut(before, path, name);
      const right = b ? wholeOf(after, b) : takenOut(after, path, name);
      if (left && right && left.path === right.path && isSameEntry(left, right)) continue;
      counted.push({ path, before: a ?? droppedAt(before, path), after: b ?? droppedAt(after, path) });
    }
  }
  explainDropped(before, after, explain);
  explainDropped(after, before, explain);
  counted.sort((x, y) => (x.path < y.path ? -1 : x.path > y.path ? 1 : 0));
  return { counted, explained };
}

/** The names of either, each once. */
function* namesOf(before: JudgedTree, after: JudgedTree): Generator<string> {
  yield* before.names();
  for (const name of after.names()) if (before.kept(name).length === 0) yield name;
}

type Pair = readonly [before: TreeEntry | undefined, after: TreeEntry | undefined];

/** Entries of one name, paired: identical ones first, then equal ones, then what is left. It is all in order, so that both directions agree. */
function pairs(before: readonly TreeEntry[], after: readonly TreeEntry[]): Pair[] {
  if (before.length <= 1 && after.length <= 1) return [[before[0], after[0]]];
  const identical = pairEqual(before, after, (entry) => identityOf({ ...entry, normal: undefined }));
  const equal = pairEqual(identical.before, identical.after, identityOf);
  const paired = [...identical.paired, ...equal.paired];
  for (let at = 0; at < Math.max(equal.before.length, equal.after.length); at++)
    paired.push([equal.before[at], equal.after[at]]);
  return paired;
}

/** Pairs the first of a key with the first of that key on the other side, and so on; gives what is left of both. */
function pairEqual(before: readonly TreeEntry[], after: readonly TreeEntry[], keyOf: (entry: TreeEntry) => string) {
  const open = new Map<string, TreeEntry[]>();
  for (const entry of after.toReversed()) addTo(open, keyOf(entry), entry);
  const partners = new Map<TreeEntry, TreeEntry>();
  for (const entry of before) {
    const partner = open.get(keyOf(entry))?.pop();
    if (partner) partners.set(entry, partner);
  }
  const taken = new Set(partners.values());
  return {
    paired: [...partners] as Pair[],
    before: before.filter((entry) => !partners.has(entry)),
    after: after.filter((entry) => !taken.has(entry)),
  };
}

/** The entry that has this path, if rules dropped it or gave it another name than `name`: then it has no partner under that. */
function takenOut({ tree, judgements }: JudgedTree, path: string, name: string): TreeEntry | undefined {
  const judged = judgements.get(path);
  return judged?.verdict === 'dropped' || (judged?.name ?? path) !== name ? tree.get(path) : undefined;
}

/** The entry with the content that a rule took away. */
function wholeOf({ tree, judgements }: JudgedTree, entry: TreeEntry): TreeEntry {
  const isBlanked = judgements.get(entry.path)?.verdict === 'blanked';
  return (isBlanked ? tree.get(entry.path) : undefined) ?? entry;
}

/** The entry that rules dropped under this path, for the evidence. */
function droppedAt({ tree, judgements }: JudgedTree, path: string): TreeEntry | undefined {
  return judgements.get(path)?.verdict === 'dropped' ? tree.get(path) : undefined;
}

/**
 * A path that rules looked away from is noise only where the other image has something else there, or nothing, unless they looked away
 * from its content alone.
 */
function explainDropped(one: JudgedTree, other: JudgedTree, explain: (rule: string, path: string) => void): void {
  for (const [path, { rule, verdict }] of one.judgements) {
    const entry = one.tree.get(path);
    const opposite = other.tree.get(path);
    if (entry === undefined || (opposite !== undefined && isIdenticalEntry(entry, opposite))) continue;
    if (opposite === undefined ? verdict !== 'blanked' : other.judgements.has(path)) explain(rule, path);
  }
}
