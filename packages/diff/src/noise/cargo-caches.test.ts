import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { cargoCaches } from './cargo-caches.js';

describe('cargo-caches', () => {
  it.each([
    'root/.cargo/registry/index/x/.cache/a',
    'usr/local/cargo/registry/cache/x/a.crate',
    'root/.cargo/.global-cache',
    'root/.cargo/.package-cache',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(cargoCaches, path)).toBe('drop');
  });

  it.each([
    'root/.cargo/bin/tool',
    'srv/cargo/registry/index/config.json',
    'root/.cargo/config.toml',
    'root/.cargo/registry/src/x/a/lib.rs',
    'app/cargo.toml',
  ])('keeps %s', (path) => {
    expect(judged(cargoCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(cargoCaches, 'root/.cargo/registry/index/x/.cache/a', 'copy')).toBe('keep');
    expect(judged(cargoCaches, 'root/.cargo/registry/index/x/.cache/a', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(cargoCaches, 'root/.cargo/registry/index/x/.cache/a', 'unknown')).toBe('keep');
  });

  it.each(['root/.cargo/registry/cache/x'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(cargoCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(cargoCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
