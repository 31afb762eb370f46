import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { loginRecords } from './login-records.js';

describe('login-records', () => {
  it.each(['var/log/lastlog', 'var/log/faillog', 'var/log/wtmp', 'var/log/btmp'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(loginRecords, path)).toBe('drop');
    },
  );

  it.each(['var/log/app.rules', 'opt/lastlog'])('keeps %s', (path) => {
    expect(judged(loginRecords, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(loginRecords, 'var/log/lastlog', 'copy')).toBe('keep');
    expect(judged(loginRecords, 'var/log/lastlog', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(loginRecords, 'var/log/lastlog', 'unknown')).toBe('drop');
  });
});
