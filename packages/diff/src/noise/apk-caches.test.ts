import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { apkCaches } from './apk-caches.js';

describe('apk-caches', () => {
  it.each(['var/cache/apk/APKINDEX.2c4ac24e.tar.gz', 'lib/apk/db/lock', 'var/log/apk.log'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(apkCaches, path)).toBe('drop');
    },
  );

  it.each(['lib/apk/db/installed', 'lib/apk/db/scripts.tar', 'etc/apk/world', 'var/cache/app/index'])(
    'keeps %s',
    (path) => {
      expect(judged(apkCaches, path)).toBe('keep');
    },
  );

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(apkCaches, 'var/cache/apk/APKINDEX.2c4ac24e.tar.gz', 'copy')).toBe('keep');
    expect(judged(apkCaches, 'var/cache/apk/APKINDEX.2c4ac24e.tar.gz', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(apkCaches, 'var/cache/apk/APKINDEX.2c4ac24e.tar.gz', 'unknown')).toBe('drop');
  });

  it.each(['var/cache/apk'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(apkCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(apkCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
