import { expect, it } from 'vitest';
import { readGitState } from './git-state.js';

const commit = '3f2a9c1d0000000000000000000000000000beef\n';

it('gives the first seven digits of the commit, and whether the tree is clean', async () => {
  const run = async (_: string, args: readonly string[]) => (args[0] === 'rev-parse' ? commit : '');
  expect(await readGitState('.', [], run)).toEqual({ commit: '3f2a9c1', dirty: false, problem: '' });
});

it('leaves out what publishing itself writes', async () => {
  let asked: readonly string[] = [];
  const run = async (_: string, args: readonly string[]) => {
    if (args[0] === 'status') asked = args;
    return args[0] === 'rev-parse' ? commit : ' M app/x\n';
  };
  expect((await readGitState('.', ['image_versions.src'], run)).dirty).toBe(true);
  expect(asked).toContain(':(exclude,glob)image_versions.src');
});

it('says why, where there is no git or no commit', async () => {
  const without = async () => Promise.reject(Object.assign(new Error('spawn git ENOENT'), { code: 'ENOENT' }));
  expect((await readGitState('.', [], without)).problem).toBe('there is no git on the PATH');
  const empty = async () =>
    Promise.reject(Object.assign(new Error('failed'), { stderr: 'fatal: not a git repository\n' }));
  expect(await readGitState('.', [], empty)).toEqual({
    commit: '',
    dirty: false,
    problem: 'fatal: not a git repository',
  });
});
