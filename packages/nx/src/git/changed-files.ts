import { type RunGit, runGit } from './run-git.js';

/**
 * Files below these folders in which the work tree differs from a commit, sorted; paths from `folder`. `undefined` where git can't say: no
 * git, or a clone too shallow to have that commit.
 */
export async function changedFiles(
  folder: string,
  commit: string,
  roots: readonly string[],
  run: RunGit = runGit,
): Promise<string[] | undefined> {
  if (!/^[0-9a-f]{7,64}$/.test(commit)) return undefined;
  try {
    const pathspecs = roots.map((root) => `:(literal)${root === '' ? '.' : root}`);
    const names = await run(folder, ['diff', '--name-only', '--relative', '-z', commit, '--', ...pathspecs]);
    return names.split('\0').filter(Boolean).sort();
  } catch {
    return undefined;
  }
}
