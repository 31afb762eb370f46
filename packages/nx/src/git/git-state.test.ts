import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readGitState } from './git-state.js';
import { runGit } from './run-git.js';

const commit = '3f2a9c1d0000000000000000000000000000beef\n';

it('gives the first seven digits of the commit, and no changes where the tree is clean', async () => {
  const run = async (_: string, args: readonly string[]) => (args[0] === 'rev-parse' ? commit : '');
  expect(await readGitState('.', [], run)).toEqual({ commit: '3f2a9c1', changes: '', problem: '' });
});

it('leaves out what publishing itself writes', async () => {
  let asked: readonly string[] = [];
  const run = async (_: string, args: readonly string[]) => {
    if (args[0] === 'status') asked = args;
    return args[0] === 'rev-parse' ? commit : ' M app/x\n';
  };
  expect((await readGitState('.', ['image_versions.src'], run)).changes).toBe('app/x');
  expect(asked).toContain(':(exclude,glob)image_versions.src');
});

it('names the first of many changes, and counts the others', async () => {
  const status = ' M a\n?? b/\nR  c -> d\nA  e\n D f\n';
  const run = async (_: string, args: readonly string[]) => (args[0] === 'rev-parse' ? commit : status);
  expect((await readGitState('.', [], run)).changes).toBe('a, b/, c -> d and 2 more');
});

it('sees a file that is not in git, also where git is set not to show any', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'git-state-'));
  try {
    await runGit(folder, ['init', '-q']);
    await runGit(folder, ['config', 'status.showUntrackedFiles', 'no']);
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    await runGit(folder, [...author, 'commit', '-q', '--allow-empty', '-m', 'first']);
    expect((await readGitState(folder, [])).changes).toBe('');
    writeFileSync(join(folder, 'new'), '');
    expect((await readGitState(folder, [])).changes).toBe('new');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('says why, where there is no git or no commit', async () => {
  const without = async () => Promise.reject(Object.assign(new Error('spawn git ENOENT'), { code: 'ENOENT' }));
  expect((await readGitState('.', [], without)).problem).toBe('there is no git on the PATH');
  const empty = async () =>
    Promise.reject(Object.assign(new Error('failed'), { stderr: 'fatal: not a git repository\n' }));
  expect(await readGitState('.', [], empty)).toEqual({
    commit: '',
    changes: '',
    problem: 'fatal: not a git repository',
  });
});
