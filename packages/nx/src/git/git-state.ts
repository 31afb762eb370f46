import { type RunGit, runGit } from './run-git.js';

/** What git says of the work tree. */
export interface GitState {
  /** First 7 hex digits of the commit; empty where git does not say. */
  readonly commit: string;
  /** The first files that go into images and differ from that commit, from the top of the work tree; empty where none does. */
  readonly changes: string;
  /** Why git does not say; empty where it does. */
  readonly problem: string;
}

/** Files named of those that differ. */
const NAMED = 3;

/** Untracked files go into images, so they count also where git is set to hide them (`status.showUntrackedFiles`). */
const status = ['status', '--porcelain', '--untracked-files=normal'];

/**
 * Commit and state of the work tree. `ignored` are globs, from `folder`, of what publishing itself writes: it does not count as a change.
 * Never throws: where git is not there, `problem` says so.
 */
export async function readGitState(
  folder: string,
  ignored: readonly string[],
  run: RunGit = runGit,
): Promise<GitState> {
  try {
    const [head, changes] = await Promise.all([
      run(folder, ['rev-parse', '--verify', 'HEAD']),
      run(folder, [...status, '--', '.', ...ignored.map((path) => `:(exclude,glob)${path}`)]),
    ]);
    return { commit: head.trim().slice(0, 7), changes: namesIn(changes), problem: '' };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason =
      code === 'ENOENT'
        ? 'there is no git on the PATH'
        : (stderr ?? String(error)).trim().split('\n')[0]?.slice(0, 200);
    return { commit: '', changes: '', problem: reason || 'git failed' };
  }
}

/** As git prints them: two letters and a space before each, and quoted where a terminal would not take it as it is. */
function namesIn(status: string): string {
  const files = status.split('\n').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  const more = files.length > NAMED ? ` and ${files.length - NAMED} more` : '';
  return `${files.slice(0, NAMED).join(', ')}${more}`;
}
