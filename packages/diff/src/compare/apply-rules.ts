import { addTo } from '../layer/groups.js';
import { parentOf } from '../layer/path.js';
import type { TreeRule } from '../noise/rule.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';

/** What a rule said of one path. */
export interface Judgement {
  readonly rule: string;
  readonly verdict: 'dropped' | 'blanked' | 'renamed';
  /** The name that it is compared under: another one if it was renamed, its own if it is without its content. */
  readonly name?: string;
}

/** A tree and what its rules leave of it. */
export interface JudgedTree {
  readonly tree: FileTree;
  /** By the path that it has; a path that stays under its own name has none. */
  readonly judgements: ReadonlyMap<string, Judgement>;
  /** The names that something is compared under, each once. */
  readonly names: () => Iterable<string>;
  /** What is compared under a name; several where a rule gave them the same. */
  readonly kept: (name: string) => readonly TreeEntry[];
}

/**
 * What the rules leave of a tree. One `drop` is enough; of several other answers the first rule's counts. Two things hold for
 * directories: one that a rule drops stays if anything in it stays under its own name, and a hidden one that a RUN made, with
 * root's ordinary mode in a folder of root's, goes when rules drop everything in it, since it came with that.
 */
export function applyRules(tree: FileTree, rules: readonly TreeRule[]): JudgedTree {
  const renamed = new Map<string, TreeEntry[]>();
  const judgements = new Map<string, Judgement>();
  const filled = new Set<string>();
  const emptiedBy = new Map<string, string>();
  for (let at = tree.entries.length - 1; at >= 0; at--) {
    const entry = tree.entries.at(at) as TreeEntry;
    const judged = judge(entry, tree, rules);
    const droppedBy = filled.has(entry.path)
      ? undefined
      : ((judged?.name === undefined ? judged?.rule : undefined) ??
        (emptiedBy.has(entry.path) && isByProduct(entry, tree) ? emptiedBy.get(entry.path) : undefined));
    const parent = parentOf(entry.path);
    if (droppedBy !== undefined && entry.path !== '') {
      judgements.set(entry.path, { rule: droppedBy, verdict: 'dropped' });
      emptiedBy.set(parent, droppedBy);
      continue;
    }
    const name = judged?.name ?? entry.path;
    filled.add(parentOf(name));
    if (judged === undefined || (name === entry.path && !judged.isBlank)) continue;
    judgements.set(entry.path, { rule: judged.rule, verdict: judged.isBlank ? 'blanked' : 'renamed', name });
    addTo(renamed, name, judged.isBlank ? withoutContent(entry) : entry);
  }
  return judgedTree(tree, judgements, renamed);
}

/** Looks up rather than lists: nearly all of hundreds of thousands of entries stay under their own name. */
function judgedTree(
  tree: FileTree,
  judgements: ReadonlyMap<string, Judgement>,
  renamed: ReadonlyMap<string, readonly TreeEntry[]>,
): JudgedTree {
  const unjudged = (name: string) => (judgements.has(name) ? undefined : tree.get(name));
  return {
    tree,
    judgements,
    *names() {
      for (const { path } of tree.entries) if (!judgements.has(path)) yield path;
      for (const name of renamed.keys()) if (unjudged(name) === undefined) yield name;
    },
    kept(name) {
      const own = unjudged(name);
      const others = renamed.get(name) ?? [];
      return own === undefined ? others : [own, ...others];
    },
  };
}

interface Judged {
  readonly rule: string;
  /** Absent where the entry is dropped. */
  readonly name?: string;
  readonly isBlank: boolean;
}

/** The rule that drops this entry, or the one that gives it another name or takes its content away. */
function judge(entry: TreeEntry, tree: FileTree, rules: readonly TreeRule[]): Judged | undefined {
  let judged: Judged | undefined;
  for (const rule of rules) {
    const verdict = rule.judge(entry, tree);
    if (verdict === 'drop') return { rule: rule.name, isBlank: false };
    if (verdict === 'blank') judged ??= { rule: rule.name, name: entry.path, isBlank: true };
    else if (verdict !== 'keep') judged ??= { rule: rule.name, name: verdict.path, isBlank: false };
  }
  return judged;
}

function withoutContent({ digest: _, normal: __, isPlain: ___, packages: ____, ...entry }: TreeEntry): TreeEntry {
  return entry;
}

/**
 * A directory that says nothing by itself. One that is not hidden (`/var/log/app`) may be where a program wants to write, and one in
 * a folder of somebody else's, or that others may write to, keeps them from making their own.
 */
function isByProduct({ path, type, mode, uid, gid, xattrs, layer, madeIn }: TreeEntry, tree: FileTree): boolean {
  const isPlain = mode === 0o755 && uid === 0 && gid === 0 && xattrs === undefined;
  const isOfRun = layer.origin === 'run' && (madeIn ?? layer).origin === 'run';
  if (type !== 'directory' || !isPlain || !isOfRun || !/(?:^|\/)\./.test(path)) return false;
  const around = tree.get(parentOf(path));
  return around === undefined || (around.uid === 0 && (around.mode & 0o022) === 0);
}
