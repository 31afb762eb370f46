import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { denoCaches } from './deno-caches.js';

describe('deno-caches', () => {
  it.each([
    'deno-dir/dep_analysis_cache_v2',
    'deno-dir/dep_analysis_cache_v2-wal',
    'root/.cache/deno/node_analysis_cache_v2-shm',
    'root/.cache/deno/check_cache_v2',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(denoCaches, path)).toBe('drop');
  });

  it.each([
    'deno-dir/npm/registry.npmjs.org/ms/2.1.3/index.js',
    'deno-dir/gen/file/app/main.ts.js',
    'deno-dir/app_cache_v2',
    'app/dep_analysis_cache_v2',
  ])('keeps %s', (path) => {
    expect(judged(denoCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what is in a layer of unknown origin', () => {
    expect(judged(denoCaches, 'deno-dir/dep_analysis_cache_v2', 'copy')).toBe('keep');
    expect(judged(denoCaches, 'deno-dir/dep_analysis_cache_v2', 'unknown')).toBe('keep');
  });
});
