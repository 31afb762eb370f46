import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { rpmCaches } from './rpm-caches.js';

describe('rpm-caches', () => {
  it.each([
    'var/cache/dnf/updates.solv',
    'var/cache/yum/x86_64/7/base/repomd.xml',
    'var/lib/dnf/history.sqlite',
    'var/lib/yum/yumdb/b/1-bash/from_repo',
    'var/lib/rpm/.rpm.lock',
    'var/lib/rpm/rpmdb.sqlite-shm',
    'root/.rpmdb/rpmdb.sqlite-shm',
    'var/lib/rpm/Installtid',
    'var/lib/rpm/Requirename',
    'var/lib/rpm/.dbenv.lock',
    'usr/lib/sysimage/rpm/Index.db',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(rpmCaches, path)).toBe('drop');
  });

  it.each([
    'var/lib/rpm/rpmdb.sqlite',
    'var/lib/rpm/rpmdb.sqlite-wal',
    'var/lib/rpm/Packages',
    'usr/lib/sysimage/rpm/Packages.db',
    'opt/app/Requirename',
    'etc/yum.repos.d/app.repo',
    'usr/lib/sysimage/libdnf5/packages.toml',
  ])('keeps %s', (path) => {
    expect(judged(rpmCaches, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(rpmCaches, 'var/cache/dnf/updates.solv', 'copy')).toBe('keep');
    expect(judged(rpmCaches, 'var/cache/dnf/updates.solv', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(rpmCaches, 'var/cache/dnf/updates.solv', 'unknown')).toBe('drop');
  });

  it.each(['var/cache/dnf/base-1', 'var/lib/yum/history'])(
    'drops the folder %s, unless others may write to it',
    (path) => {
      expect(judged(rpmCaches, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
      expect(judged(rpmCaches, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
    },
  );
});
