import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { submodules, submodulesAround } from './submodules.js';

it('are those that git has, whatever it calls them', async () => {
  const root = await mkdtemp(join(tmpdir(), 'image-versions-graph-'));
  onTestFinished(() => rm(root, { recursive: true }));
  expect(submodules(root)).toEqual([]);
  const text =
    '[submodule "a"]\n\tpath = vendor/a\n\turl = ../a\r\n[submodule "b c"]\n  path="b c"\r\n  branch = main\n';
  await writeFile(join(root, '.gitmodules'), text);
  expect(submodules(root)).toEqual(['vendor/a', 'b c']);
});

it('hold what lies below them', () => {
  expect(submodulesAround(['vendor', 'vendor/a', 'b'], ['vendor/a/lib', 'b', 'bc/x'])).toEqual(['vendor', 'vendor/a']);
});
