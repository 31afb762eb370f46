import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { yarnPnpmCaches } from './yarn-pnpm-caches.js';

describe('yarn-pnpm-caches', () => {
  it.each([
    'usr/local/share/.cache/yarn/v6/x',
    'root/.cache/pnpm/metadata/x.json',
    'app/node_modules/.cache/babel-loader/x.json',
    'app/.yarn/install-state.gz',
    'root/.bun/install/cache/02810fedd7862366.npm',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(yarnPnpmCaches, path)).toBe('drop');
  });

  it.each([
    'app/.yarn/cache/x-npm-1.0.0.zip',
    'app/node_modules/x/index.js',
    'app/.pnp.cjs',
    'app/node_modules/node-compile-cache/index.js',
    'root/.yarn/berry/cache/x-npm-1.0.0-0123456789-10c0.zip',
    'app/.yarn/build-state.yml',
    'app/.yarn/unplugged/x/install-state.gz',
    'root/.local/share/pnpm/x',
    'root/.bun/install/cache/express@4.19.2@@@1/index.js',
    'root/.bun/install/global/package.json',
    'app/cache/02810fedd7862366.npm',
  ])('keeps %s', (path) => {
    expect(judged(yarnPnpmCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(yarnPnpmCaches, 'usr/local/share/.cache/yarn/v6/x', 'copy')).toBe('keep');
    expect(judged(yarnPnpmCaches, 'usr/local/share/.cache/yarn/v6/x', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(yarnPnpmCaches, 'usr/local/share/.cache/yarn/v6/x', 'unknown')).toBe('keep');
  });

  it.each(['app/node_modules/.cache'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(yarnPnpmCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(yarnPnpmCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
