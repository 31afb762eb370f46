import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { unhashedFacts } from './unhashed-facts.js';

let root: string;
const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { stdio: 'ignore' });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-versions-git-'));
  git('init');
  await mkdir(join(root, 'app'));
});
afterEach(() => rm(root, { recursive: true }));

/** What is said of files once all are added. */
async function factsOf(...added: string[]) {
  git('add', '-A', ...added);
  return (await unhashedFacts(join(root, 'app'))).map(({ path, fact }) => `${path} ${fact.slice(0, 6)}`);
}

it('a script that is executable and a file that is not are nothing to speak of', async () => {
  await writeFile(join(root, 'app/run.sh'), 'x');
  await chmod(join(root, 'app/run.sh'), 0o755);
  await writeFile(join(root, 'app/main.js'), 'x');
  expect(await factsOf()).toEqual([]);
});

it('a script that is not executable is said, and another file that is', async () => {
  await writeFile(join(root, 'app/run.sh'), 'x');
  await writeFile(join(root, 'app/größe'), 'x');
  await chmod(join(root, 'app/größe'), 0o755);
  expect(await factsOf()).toEqual(['größe 100755', 'run.sh 100644']);
});

it('a link is said with where it leads, be it to a folder', async () => {
  await symlink('v1', join(root, 'app/current'));
  git('add', '-A');
  const [before] = await unhashedFacts(join(root, 'app'));
  await rm(join(root, 'app/current'));
  await symlink('v2', join(root, 'app/current'));
  git('add', '-A');
  const [after] = await unhashedFacts(join(root, 'app'));
  expect([before?.path, after?.path]).toEqual(['current', 'current']);
  expect(before?.fact).not.toBe(after?.fact);
});

it('a submodule is said with its commit, since its own index has the modes of its files', async () => {
  const module = join(root, 'app/module');
  await mkdir(module);
  await writeFile(join(module, 'tool'), 'x');
  const commit = (mode: number) =>
    chmod(join(module, 'tool'), mode).then(() => {
      for (const words of ['init', 'add -A', '-c user.name=a -c user.email=a@example.com commit -m a']) {
        execFileSync('git', ['-C', module, ...words.split(' ')], { stdio: 'ignore' });
      }
      git('add', '-A');
      return unhashedFacts(join(root, 'app'));
    });
  const [before, ...rest] = await commit(0o644);
  const [after] = await commit(0o755);
  expect([before?.path, after?.path, ...rest]).toEqual(['module', 'module']);
  expect(before?.fact).not.toBe(after?.fact);
});

it('a file that is in git although it is ignored, by git or by Nx, is said with its content', async () => {
  await writeFile(join(root, '.gitignore'), 'gen');
  await writeFile(join(root, 'app/.nxignore'), 'vendor');
  await writeFile(join(root, 'app/gen'), 'x');
  await writeFile(join(root, 'app/vendor'), 'x');
  git('add', '-f', 'app/gen');
  expect(await factsOf()).toEqual(['gen 100644', 'vendor 100644']);
});

it('nothing is said where there is no git', async () => {
  await rm(join(root, '.git'), { recursive: true });
  expect(await unhashedFacts(root)).toEqual([]);
});
