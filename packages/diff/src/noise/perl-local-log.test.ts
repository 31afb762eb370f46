import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const logged = (date: string, version = '1.0') =>
  `=head2 ${date}: C<Module> L<My::Mod|My::Mod>\n\n=over 4\n\n=item *\n\nC<VERSION: ${version}>\n\n=back\n\n`;
const [ONE, OTHER] = ['Mon Nov 23 03:45:24 2026', 'Tue Dec  1 12:00:01 2026'] as const;

describe('perl-local-log', () => {
  it.each([
    'usr/local/lib/x86_64-linux-gnu/perl/5.36.0/perllocal.pod',
    'app/local/lib/perl5/x86_64-linux-gnu-thread-multi/perllocal.pod',
  ])('hides the dates in %s, which a later stage of a build may have copied', (path) => {
    expect(isSameButNoise(path, logged(ONE), logged(OTHER))).toBe(true);
    expect(isSameButNoise(path, logged(ONE) + logged(ONE), logged(ONE) + logged(OTHER))).toBe(true);
  });

  it('keeps what was installed, and dates elsewhere', () => {
    const path = 'root/perl5/lib/perl5/x86_64-linux/perllocal.pod';
    expect(isSameButNoise(path, logged(ONE), logged(OTHER, '1.1'))).toBe(false);
    expect(isSameButNoise(path, `C<VERSION: ${ONE}>`, `C<VERSION: ${OTHER}>`)).toBe(false);
    expect(isSameButNoise('app/perllocal.pod', logged(ONE), logged(OTHER))).toBe(false);
  });
});
