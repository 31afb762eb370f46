import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { cpanmLeftovers as rule } from './cpanm-leftovers.js';

const WORK = 'root/.cpanm/work/1794640354.13';
const link = (linkTarget: string) => ({ type: 'symlink', mode: 0o777, linkTarget }) as const;

describe('cpanm-leftovers', () => {
  it('drops what cpanm built in, and the links to the last of it', () => {
    expect(judged(rule, WORK, 'run', { type: 'directory', mode: 0o755 })).toBe('drop');
    expect(judged(rule, `${WORK}/build.log`)).toBe('drop');
    expect(judged(rule, `${WORK}/Foo-1.0/blib/lib/Foo.pm`, 'run', { mode: 0o444 })).toBe('drop');
    expect(judged(rule, 'root/.cpanm/latest-build', 'run', link(`/${WORK}`))).toBe('drop');
    expect(judged(rule, 'root/.cpanm/build.log', 'run', link(`/${WORK}/build.log`))).toBe('drop');
  });

  it('compares programs and libraries in it, whatever the folder is named', () => {
    expect(judged(rule, `${WORK}/Foo-1.0/blib/script/foo`, 'run', { mode: 0o555 })).toEqual({
      path: 'root/.cpanm/work/(time)/Foo-1.0/blib/script/foo',
    });
  });

  it('keeps other files of cpanm, other folders, and links elsewhere', () => {
    expect(judged(rule, 'root/.cpanm/sources/authors/id/F/FO/FOO/Foo-1.0.tar.gz')).toBe('keep');
    expect(judged(rule, 'root/.cpanm/work/foo/build.log')).toBe('keep');
    expect(judged(rule, 'app/work/1794640354.13/build.log')).toBe('keep');
    expect(judged(rule, 'root/.cpanm/latest-build', 'run', link('/app'))).toBe('keep');
    expect(judged(rule, 'root/.cpanm/build.log')).toBe('keep');
    expect(judged(rule, 'usr/local/share/perl/5.36.0/Foo.pm')).toBe('keep');
  });

  it('keeps what a Dockerfile copied, or may have', () => {
    expect(judged(rule, `${WORK}/build.log`, 'copy')).toBe('keep');
    expect(judged(rule, `${WORK}/build.log`, 'unknown')).toBe('keep');
  });
});
