import { type RunGit, runGit } from './run-git.js';

/** What git says of the work tree. */
export interface GitState {
  /** First 7 hex digits of the commit; empty where git does not say. */
  readonly commit: string;
  /** Whether files that go into images differ from that commit. */
  readonly dirty: boolean;
  /** Why git does not say; empty where it does. */
  readonly problem: string;
}

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
    return { commit: head.trim().slice(0, 7), dirty: changes.trim() !== '', problem: '' };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason =
      code === 'ENOENT'
        ? 'there is no git on the PATH'
        : (stderr ?? String(error)).trim().split('\n')[0]?.slice(0, 200);
    return { commit: '', dirty: false, problem: reason || 'git failed' };
  }
}
