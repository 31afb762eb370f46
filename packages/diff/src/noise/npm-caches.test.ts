import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { npmCaches } from './npm-caches.js';

describe('npm-caches', () => {
  it.each([
    'root/.npm/_cacache/index-v5/04/e3/a6',
    'root/.npm/_logs/2026-11-21T20_25_49_313Z-debug-0.log',
    'home/node/.npm/_update-notifier-last-checked',
    'root/.cache/node-gyp/20.0.0/include/node/node.h',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(npmCaches, path)).toBe('drop');
  });

  it.each([
    'app/node_modules/x/index.js',
    'root/.npm/_npx/ab/node_modules/x/cli.js',
    'root/.npmrc',
    'app/package-lock.json',
  ])('keeps %s', (path) => {
    expect(judged(npmCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(npmCaches, 'root/.npm/_cacache/index-v5/04/e3/a6', 'copy')).toBe('keep');
    expect(judged(npmCaches, 'root/.npm/_cacache/index-v5/04/e3/a6', 'run', { mode: 0o755 })).toBe('keep');
  });

  it.each([
    ['npm cache add semver', 'root/.npm/_cacache/content-v2/sha512/04/e3/a6', 'keep'],
    ['npm cache add semver', 'root/.npm/_logs/1-debug-0.log', 'drop'],
    ['npm ci', 'root/.npm/_cacache/content-v2/sha512/04/e3/a6', 'drop'],
  ])('of a RUN %s: %s: %s', (command, path, verdict) => {
    const history = { createdBy: `RUN /bin/sh -c ${command} # buildkit`, emptyLayer: false };
    const entry = { ...file(path, 'x'), layer: { ...layerAt(1, 'run'), history } };
    expect(npmCaches.judge(entry, treeOf([entry]))).toBe(verdict);
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(npmCaches, 'root/.npm/_cacache/index-v5/04/e3/a6', 'unknown')).toBe('keep');
  });

  it.each(['root/.npm/_cacache/tmp'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(npmCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(npmCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
