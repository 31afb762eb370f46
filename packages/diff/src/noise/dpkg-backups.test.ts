import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { dpkgBackups } from './dpkg-backups.js';

describe('dpkg-backups', () => {
  it.each([
    'var/lib/dpkg/status-old',
    'var/lib/dpkg/diversions-old',
    'var/cache/debconf/config.dat-old',
    'var/lib/dpkg/lock-frontend',
    'var/lib/ucf/hashfile.0',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(dpkgBackups, path)).toBe('drop');
  });

  it.each([
    'var/lib/dpkg/status',
    'var/lib/dpkg/diversions',
    'var/cache/debconf/config.dat',
    'var/lib/ucf/hashfile',
    'var/backups/db.dump',
  ])('keeps %s', (path) => {
    expect(judged(dpkgBackups, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(dpkgBackups, 'var/lib/dpkg/status-old', 'copy')).toBe('keep');
    expect(judged(dpkgBackups, 'var/lib/dpkg/status-old', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(dpkgBackups, 'var/lib/dpkg/status-old', 'unknown')).toBe('drop');
  });
});
