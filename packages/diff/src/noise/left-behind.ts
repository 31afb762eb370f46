import { posix } from 'node:path';
import type { HistoryEntry } from '@image-versions/oci';
import { baseOf, parentOf } from '../layer/path.js';
import type { FileTree, TreeEntry, TreeLayer } from '../tree/tree.js';
import { onlyPuts } from './commands.js';
import type { TreeRule } from './rule.js';

/**
 * How sure a rule is of its paths.
 * `tool`: a name that only one tool writes, so only what a Dockerfile copies there counts.
 * `run`: what the layer must show to be left by a RUN, since anything could be shipped under such a name.
 */
export type Certainty = 'tool' | 'run';

export interface LeftBehind {
  readonly name: string;
  readonly reason: string;
  readonly example: string;
  readonly certainty: Certainty;
  /** The start of paths without a leading slash, up to a folder's name: the folder is meant with all in it. */
  readonly below?: RegExp;
  /** Further files, by their whole paths. */
  readonly files?: RegExp;
  /** Further folders that hold nothing but such files: dropped too, as are those of `below`, unless something in them stays. */
  readonly folders?: RegExp;
  /** Of what would be dropped, what stays all the same. */
  readonly unless?: (entry: TreeEntry, tree: FileTree) => boolean;
}

/**
 * A rule that drops what a tool leaves while an image is built. It drops no executable file, nothing that a Dockerfile copied, or a
 * RUN that only copies, fetches and unpacks, no link out of its folders, and no folder that others may write to or whose owner matters.
 */
export function leftBehind({ below, files, folders, unless, certainty, ...description }: LeftBehind): TreeRule {
  const file = anyOf(below && `(?:${below.source})/.+$`, files?.source);
  const folder = anyOf(below && `(?:${below.source})(?:/.+)?$`, folders?.source);
  const isMeant = (entry: TreeEntry) => {
    if (entry.type === 'directory') return folder.test(entry.path) && isOrdinaryFolder(entry);
    if (!file.test(entry.path)) return false;
    return entry.type === 'symlink' ? folder.test(targetOf(entry)) : isOrdinaryFile(entry);
  };
  return {
    kind: 'tree',
    ...description,
    default: true,
    judge: (entry, tree) => {
      // The cheapest first: all rules see all entries.
      const isDropped =
        isNotCopied(entry, certainty) && isMeant(entry) && !isPutByRun(entry) && !isOfAnotherOwner(entry, tree);
      return isDropped && unless?.(entry, tree) !== true ? 'drop' : 'keep';
    },
  };
}

/** One expression for several, none of which has flags; one that nothing matches where there are none. */
function anyOf(...sources: readonly (string | undefined)[]): RegExp {
  const given = sources.filter((source) => source !== undefined);
  return new RegExp(given.length === 0 ? '(?!)' : given.map((source) => `(?:${source})`).join('|'));
}

/** Whether no Dockerfile copied this entry, and no RUN that does nothing else put it there, as far as the history tells. */
export function isLeftBehind(entry: TreeEntry, certainty: Certainty): boolean {
  return isNotCopied(entry, certainty) && !isPutByRun(entry);
}

/** Whether no COPY or ADD brought this entry, as far as the history tells. */
export function isNotCopied(entry: TreeEntry, certainty: Certainty): boolean {
  const isNot = ({ origin }: TreeLayer) => origin === 'run' || (origin === 'unknown' && certainty === 'tool');
  return isNot(entry.layer) && (entry.madeIn === undefined || isNot(entry.madeIn));
}

/** Whether the RUN that brought its content only copies, fetches or unpacks. A `chown` of it later brought nothing. */
export function isPutByRun({ path, type, layer, madeIn }: TreeEntry): boolean {
  const { origin, history } = madeIn ?? layer;
  // What wget itself leaves behind.
  if (type === 'directory' || baseOf(path) === '.wget-hsts') return false;
  return origin === 'run' && history !== undefined && onlyPuts(history);
}

/** The lines of the history that left an entry. */
export function linesOf({ layer, madeIn }: TreeEntry): HistoryEntry[] {
  return [layer, madeIn].flatMap((made) => made?.history ?? []);
}

/** The commands that left an entry, as the history has them. */
export function commandsOf(entry: TreeEntry): string[] {
  return linesOf(entry).flatMap(({ createdBy }) => createdBy ?? []);
}

/** A file that nobody can run, and a link, of which its rule has to know where it may lead. */
export function isOrdinaryFile(entry: TreeEntry): boolean {
  if (entry.type === 'symlink') return true;
  return (
    (entry.type === 'file' || entry.type === 'hardlink') && (entry.mode & 0o7111) === 0 && entry.xattrs === undefined
  );
}

function isOrdinaryFolder(entry: TreeEntry): boolean {
  return (entry.mode & 0o022) === 0 && entry.xattrs === undefined;
}

/** Whether a folder is somebody else's than the one around it: then who runs later could not make it, or is kept out of it. */
function isOfAnotherOwner({ path, type, uid }: TreeEntry, tree: FileTree): boolean {
  return type === 'directory' && uid !== (tree.get(parentOf(path))?.uid ?? 0);
}

/** Where a symlink leads, as far as its words say. */
function targetOf({ path, linkTarget = '' }: TreeEntry): string {
  return posix.resolve('/', parentOf(path), linkTarget).slice(1);
}
