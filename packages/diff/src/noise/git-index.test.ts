import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gitIndex } from './git-index.js';

describe('git-index', () => {
  let folder: string;
  const git = (...words: string[]) => execFileSync('git', ['-C', folder, ...words]);
  const form = () => {
    const content = readFileSync(join(folder, '.git/index'));
    const head = { path: 'src/.git/index', mode: 0o644, size: content.length, head: content.subarray(0, 512) };
    expect(gitIndex.matches(head)).toBe(true);
    return gitIndex.normalize(content, head)?.digest;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'git-index-'));
    git('init', '-q');
    for (const name of ['one', 'two.txt']) writeFileSync(join(folder, name), name);
    git('add', '.');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is the same with other times of the files', () => {
    const before = form();
    utimesSync(join(folder, 'one'), 1, 1);
    git('update-index', '--refresh');
    expect(before).toBeDefined();
    expect(form()).toBe(before);
  });

  it.each([
    ['a file that is no longer tracked', ['rm', '-q', '--cached', 'one']],
    ['a file that git may pass over', ['update-index', '--skip-worktree', 'one']],
    ['a file that is taken for unchanged', ['update-index', '--assume-unchanged', 'one']],
    ['another mode', ['update-index', '--chmod=+x', 'one']],
  ])('is another one with %s', (_, words) => {
    const before = form();
    git(...words);
    expect(form()).toBeDefined();
    expect(form()).not.toBe(before);
  });

  it('is compared by its bytes where it is damaged', () => {
    const content = readFileSync(join(folder, '.git/index'));
    content[40] = 255;
    const head = { path: '.git/index', mode: 0o644, size: content.length, head: content };
    expect(gitIndex.normalize(content, head)).toBeUndefined();
  });
});
