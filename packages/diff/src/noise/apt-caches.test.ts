import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { aptCaches } from './apt-caches.js';

describe('apt-caches', () => {
  it.each([
    'var/cache/apt/pkgcache.bin',
    'var/cache/apt/srcpkgcache.bin',
    'var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(aptCaches, path)).toBe('drop');
  });

  it.each([
    'var/lib/dpkg/status',
    'etc/apt/sources.list',
    'var/lib/apt/extended_states',
    'var/cache/apt/archives/rules.conf',
    'opt/var/cache/apt/pkgcache.bin',
  ])('keeps %s', (path) => {
    expect(judged(aptCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(aptCaches, 'var/cache/apt/pkgcache.bin', 'copy')).toBe('keep');
    expect(judged(aptCaches, 'var/cache/apt/pkgcache.bin', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(aptCaches, 'var/cache/apt/pkgcache.bin', 'unknown')).toBe('drop');
  });

  it.each(['var/cache/apt/archives/partial'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(aptCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(aptCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
