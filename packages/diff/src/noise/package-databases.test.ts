import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const join = (...paragraphs: readonly string[]) => `${paragraphs.join('\n\n')}\n\n`;

describe.each<[string, string, string, string, string]>([
  [
    'dpkg-status',
    'var/lib/dpkg/status',
    'Package: a\nArchitecture: amd64\nVersion: 1',
    'Package: b\nArchitecture: all\nVersion: 1',
    'a:amd64',
  ],
  [
    'dpkg-status',
    'var/lib/apt/extended_states',
    'Package: a\nArchitecture: amd64\nAuto-Installed: 1',
    'Package: b\nArchitecture: amd64\nAuto-Installed: 1',
    'a:amd64',
  ],
  ['debconf-database', 'var/cache/debconf/config.dat', 'Name: a\nValue: 1', 'Name: b\nValue: 1', 'a'],
  ['apk-installed', 'lib/apk/db/installed', 'C:Q1abc=\nP:a\nV:1', 'C:Q1abd=\nP:b\nV:1', 'a'],
])('%s (%s)', (rule, path, a, b, name) => {
  it('hides the order of the paragraphs', () => {
    expect(isSameButNoise(path, join(a, b), join(b, a))).toBe(true);
  });

  it('keeps another value, a paragraph less and a paragraph twice', () => {
    expect(isSameButNoise(path, join(a, b), join(a.replace(/1$/, '2'), b))).toBe(false);
    expect(isSameButNoise(path, join(a, b), join(a))).toBe(false);
    expect(isSameButNoise(path, join(a, b), join(a, b, b))).toBe(false);
  });

  it('names what is in it', () => {
    const form = formed(path, join(a, b));
    expect(form?.rule).toBe(rule);
    expect(form?.parts?.[0]?.name).toBe(name);
  });

  it('leaves alone what is not of that form', () => {
    expect(formed(path, 'something else\n')).toBeUndefined();
  });
});

describe('dpkg-file-list', () => {
  const PATH = 'var/lib/dpkg/info/x.list';

  it('hides the order, and keeps one path more', () => {
    expect(isSameButNoise(PATH, '/.\n/usr\n/bin\n', '/.\n/bin\n/usr\n')).toBe(true);
    expect(isSameButNoise(PATH, '/.\n/usr\n', '/.\n/usr\n/bin\n')).toBe(false);
  });

  it('keeps the order of any other list', () => {
    expect(isSameButNoise('etc/x.list', 'a\nb\n', 'b\na\n')).toBe(false);
  });
});
