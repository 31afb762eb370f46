import { expect, test } from 'vitest';
import { changedFiles } from './changed-files.js';

test('names what differs from a commit below the given folders', async () => {
  const calls: string[][] = [];
  const run = async (_folder: string, args: readonly string[]) => {
    calls.push([...args]);
    return 'libs/b.ts\0app/a b.ts\0';
  };
  expect(await changedFiles('/ws', '3f2a9c1', ['app', 'libs'], run)).toEqual(['app/a b.ts', 'libs/b.ts']);
  expect(calls[0]?.slice(-3)).toEqual(['--', ':(literal)app', ':(literal)libs']);
});

test('can not say where git does not know the commit, or it is no commit', async () => {
  const fails = async () => Promise.reject(new Error('bad object'));
  expect(await changedFiles('/ws', '3f2a9c1', ['app'], fails)).toBeUndefined();
  expect(await changedFiles('/ws', '--output=/tmp/x', ['app'], fails)).toBeUndefined();
});
