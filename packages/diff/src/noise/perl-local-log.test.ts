import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { perlLocalLog } from './perl-local-log.js';

describe('perl-local-log', () => {
  it.each([
    'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod',
    'root/perl5/lib/perl5/x86_64-linux/perllocal.pod',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(perlLocalLog, path)).toBe('drop');
  });

  it.each([
    'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/X.pm',
    'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/auto/X/.packlist',
  ])('keeps %s', (path) => {
    expect(judged(perlLocalLog, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(perlLocalLog, 'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod', 'copy')).toBe('keep');
    expect(
      judged(perlLocalLog, 'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod', 'run', { mode: 0o755 }),
    ).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(judged(perlLocalLog, 'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod', 'unknown')).toBe('drop');
  });
});
