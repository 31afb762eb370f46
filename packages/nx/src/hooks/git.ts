import { execFile } from 'node:child_process';

/** What git says of the work tree. */
export interface GitState {
  /** First 7 hex digits of the commit; empty where git does not say. */
  readonly commit: string;
  /** Whether files that go into images differ from that commit. */
  readonly dirty: boolean;
  /** Why git does not say; empty where it does. */
  readonly problem: string;
}

/** Runs `git` in `folder`, with these arguments, and gives its output. */
export type RunGit = (folder: string, args: readonly string[]) => Promise<string>;

/**
 * Commit and state of the work tree. `ignored` are globs from `folder` of what publishing itself writes, and which so does
 * not count. Never throws: where git is not there, `problem` says so.
 */
export async function readGitState(
  folder: string,
  ignored: readonly string[],
  run: RunGit = runGit,
): Promise<GitState> {
  try {
    const [head, status] = await Promise.all([
      run(folder, ['rev-parse', '--verify', 'HEAD']),
      run(folder, ['status', '--porcelain', '--', '.', ...ignored.map((path) => `:(exclude,glob)${path}`)]),
    ]);
    return { commit: head.trim().slice(0, 7), dirty: status.trim() !== '', problem: '' };
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    const reason =
      code === 'ENOENT'
        ? 'there is no git on the PATH'
        : (stderr ?? String(error)).trim().split('\n')[0]?.slice(0, 200);
    return { commit: '', dirty: false, problem: reason || 'git failed' };
  }
}

const runGit: RunGit = (folder, args) =>
  new Promise((resolve, reject) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } };
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { stderr }));
      else resolve(stdout);
    });
  });
