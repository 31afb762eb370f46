import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { buildLogs } from './build-logs.js';

describe('build-logs', () => {
  it.each(['var/log/install.log', 'var/log/app/setup.log.1', 'var/log/x.log.gz'])(
    'drops %s, which a RUN left',
    (path) => {
      expect(judged(buildLogs, path)).toBe('drop');
    },
  );

  it.each(['var/log/app/filter.rules', 'app/build.log', 'var/log/app/catalog', 'var/log'])('keeps %s', (path) => {
    expect(judged(buildLogs, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(buildLogs, 'var/log/install.log', 'copy')).toBe('keep');
    expect(judged(buildLogs, 'var/log/install.log', 'run', { mode: 0o755 })).toBe('keep');
  });

  it('keeps an empty one, which was made for a program to write to', () => {
    expect(judged(buildLogs, 'var/log/cron.log', 'run', { size: 0 })).toBe('keep');
  });

  it('keeps a link, which says where a program logs to', () => {
    const link = { type: 'symlink', mode: 0o777, size: 0, linkTarget: '/dev/stdout' } as const;
    expect(judged(buildLogs, 'var/log/nginx/access.log', 'run', link)).toBe('keep');
  });

  it('keeps the segments of a Kafka topic, which end as logs do', () => {
    expect(judged(buildLogs, 'var/log/kafka/orders-0/00000000000000000000.log')).toBe('keep');
  });

  it('keeps it in a layer of unknown origin', () => {
    expect(judged(buildLogs, 'var/log/install.log', 'unknown')).toBe('keep');
  });
});
