import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { ldconfigCache } from './ldconfig-cache.js';

describe('ldconfig-cache', () => {
  it.each(['var/cache/ldconfig/aux-cache'])('drops %s, which a RUN left', (path) => {
    expect(judged(ldconfigCache, path)).toBe('drop');
  });

  it.each(['etc/ld.so.cache', 'etc/ld.so.conf', 'opt/aux-cache'])('keeps %s', (path) => {
    expect(judged(ldconfigCache, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(ldconfigCache, 'var/cache/ldconfig/aux-cache', 'copy')).toBe('keep');
    expect(judged(ldconfigCache, 'var/cache/ldconfig/aux-cache', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(ldconfigCache, 'var/cache/ldconfig/aux-cache', 'unknown')).toBe('drop');
  });

  it.each(['var/cache/ldconfig'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(ldconfigCache, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(ldconfigCache, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
