import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { accountBackups } from './account-backups.js';

describe('account-backups', () => {
  it.each(['etc/shadow-', 'etc/passwd-', 'etc/group-', 'etc/gshadow-', 'etc/subuid-', 'etc/.pwd.lock'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(accountBackups, path)).toBe('drop');
    },
  );

  it.each(['etc/shadow', 'etc/passwd', 'etc/group', 'etc/sudoers-', 'srv/etc/passwd-'])('keeps %s', (path) => {
    expect(judged(accountBackups, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(accountBackups, 'etc/shadow-', 'copy')).toBe('keep');
    expect(judged(accountBackups, 'etc/shadow-', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(accountBackups, 'etc/shadow-', 'unknown')).toBe('drop');
  });
});
