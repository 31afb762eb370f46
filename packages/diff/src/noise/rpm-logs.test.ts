import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { rpmLogs } from './rpm-logs.js';

describe('rpm-logs', () => {
  it.each(['var/log/dnf.rpm.log', 'var/log/yum.log', 'var/log/hawkey.log-20260101', 'var/log/anaconda/packaging.log'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(rpmLogs, path)).toBe('drop');
    },
  );

  it.each(['var/log/dnf/plugin.conf', 'etc/dnf/dnf.conf'])('keeps %s', (path) => {
    expect(judged(rpmLogs, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(rpmLogs, 'var/log/dnf.rpm.log', 'copy')).toBe('keep');
    expect(judged(rpmLogs, 'var/log/dnf.rpm.log', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(rpmLogs, 'var/log/dnf.rpm.log', 'unknown')).toBe('drop');
  });

  it.each(['var/log/anaconda'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(rpmLogs, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(rpmLogs, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
