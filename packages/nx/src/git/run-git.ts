import { execFile } from 'node:child_process';

/** Runs `git` in `folder`, with these arguments, and gives its output. */
export type RunGit = (folder: string, args: readonly string[]) => Promise<string>;

/** Rejects with git's own error, and `stderr` on it. */
export const runGit: RunGit = (folder, args) =>
  new Promise((resolve, reject) => {
    const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, GIT_OPTIONAL_LOCKS: '0' } };
    execFile('git', args, options, (error, stdout, stderr) => {
      if (error) reject(Object.assign(error, { stderr }));
      else resolve(stdout);
    });
  });
