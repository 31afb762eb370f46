import type { TreeEntry } from '../tree/tree.js';
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
  /** Whole paths, without a leading slash. */
  readonly files: RegExp;
  /** Folders that hold nothing but such files: dropped too, unless something in them stays. */
  readonly folders?: RegExp;
}

/**
 * A rule that drops what a tool leaves while an image is built. It drops no executable file, nothing that a Dockerfile copied,
 * and no folder that others may write to.
 */
export function leftBehind({ files, folders, certainty, ...description }: LeftBehind): TreeRule {
  return {
    kind: 'tree',
    ...description,
    default: true,
    judge: (entry) => {
      const isMeant =
        entry.type === 'directory'
          ? folders?.test(entry.path) === true && isOrdinaryFolder(entry)
          : files.test(entry.path) && isOrdinaryFile(entry);
      return isMeant && isLeftBehind(entry, certainty) ? 'drop' : 'keep';
    },
  };
}

/** Whether no Dockerfile copied this entry, as far as the history tells. */
export function isLeftBehind(entry: TreeEntry, certainty: Certainty): boolean {
  const origins = [entry.layer.origin, entry.madeIn?.origin ?? entry.layer.origin];
  return origins.every((origin) => origin === 'run' || (origin === 'unknown' && certainty === 'tool'));
}

/** A file that nobody can run, and a link to nowhere that matters. */
export function isOrdinaryFile(entry: TreeEntry): boolean {
  if (entry.type === 'symlink') return true;
  return (
    (entry.type === 'file' || entry.type === 'hardlink') && (entry.mode & 0o7111) === 0 && entry.xattrs === undefined
  );
}

function isOrdinaryFolder(entry: TreeEntry): boolean {
  return (entry.mode & 0o022) === 0 && entry.xattrs === undefined;
}
