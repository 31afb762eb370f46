import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { aptLogs } from './apt-logs.js';

describe('apt-logs', () => {
  it.each([
    'var/log/apt/history.log',
    'var/log/apt/eipp.log.xz',
    'var/log/apt/term.log.1.gz',
    'var/log/dpkg.log',
    'var/log/alternatives.log',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(aptLogs, path)).toBe('drop');
  });

  it.each(['var/log/apt/rules.conf', 'var/log/app/filter.rules', 'etc/dpkg.log'])('keeps %s', (path) => {
    expect(judged(aptLogs, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(aptLogs, 'var/log/apt/history.log', 'copy')).toBe('keep');
    expect(judged(aptLogs, 'var/log/apt/history.log', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(aptLogs, 'var/log/apt/history.log', 'unknown')).toBe('drop');
  });

  it.each(['var/log/apt'])('drops the folder %s, unless others may write to it', (path) => {
    expect(judged(aptLogs, path, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(aptLogs, path, 'run', { type: 'directory', mode: 0o777 })).toBe('keep');
  });
});
