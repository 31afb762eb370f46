import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { compilerCaches } from './compiler-caches.js';

describe('compiler-caches', () => {
  it.each([
    'root/.cache/ccache/4/1/e1iq7sn0q0mri2ggrd9cds1qfu1fsvqR',
    'root/.cache/ccache/4/stats',
    'home/app/.ccache/CACHEDIR.TAG',
    'root/.cache/sccache/0/a/b/0ab1',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(compilerCaches, path)).toBe('drop');
  });

  it.each(['root/.cache/ccache/ccache.conf', 'root/.ccache/ccache.conf', 'src/build/a.o', 'root/.cache/other/x'])(
    'keeps %s',
    (path) => {
      expect(judged(compilerCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, what can be run, and what is in a layer of unknown origin', () => {
    expect(judged(compilerCaches, 'root/.ccache/x', 'copy')).toBe('keep');
    expect(judged(compilerCaches, 'root/.ccache/x', 'run', { mode: 0o755 })).toBe('keep');
    expect(judged(compilerCaches, 'root/.ccache/x', 'unknown')).toBe('keep');
  });

  it('drops the folder, unless others may write to it', () => {
    expect(judged(compilerCaches, 'root/.cache/ccache/4', 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(compilerCaches, 'root/.cache/ccache/4', 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
