import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { gemBuildLogs } from './gem-build-logs.js';

describe('gem-build-logs', () => {
  it.each([
    'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out',
    'usr/local/bundle/extensions/x86_64-linux/3.2.0-static/x-1.0.0/mkmf.log',
    'var/lib/gems/3.1.0/gems/x-1.0.0/ext/x/mkmf.log',
    'var/lib/gems/3.1.0/doc/x-1.0.0/ri/ext/x/page-Makefile.ri',
  ])('drops %s, which a RUN left', (path) => {
    expect(judged(gemBuildLogs, path)).toBe('drop');
  });

  it.each([
    'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/gem.build_complete',
    'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/x.so',
    'app/gem_make.out',
    'var/lib/gems/3.1.0/doc/x-1.0.0/ri/ext/x/page-README_md.ri',
  ])('keeps %s', (path) => {
    expect(judged(gemBuildLogs, path)).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what can be run', () => {
    expect(judged(gemBuildLogs, 'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out', 'copy')).toBe(
      'keep',
    );
    expect(
      judged(gemBuildLogs, 'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out', 'run', {
        mode: 0o755,
      }),
    ).toBe('keep');
  });

  it('drops it in an imported root file system, since only the tool writes there', () => {
    expect(
      judged(gemBuildLogs, 'var/lib/gems/3.1.0/extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out', 'unknown'),
    ).toBe('drop');
  });
});
