import { describe, expect, it } from 'vitest';
import { isTag, isVersion, parseVersion } from './version.js';

describe('a version', () => {
  it.each(['v1.2.3', 'v10.20.300', 'release-1.2.3', '3f2a9c1', '0000000'])('is %s', (text) => {
    expect(parseVersion(text)).toBe(text);
  });

  it.each([
    '1.2.3',
    'v1.2',
    'v1.2.3-rc1',
    'release-1.2',
    'latest',
    '3f2a9c',
    '3f2a9c12',
    '3F2A9C1',
    'v1.2.3\n',
    ' v1.2.3',
    '$(touch x)',
    'v1.2.3;ls',
    `v1.2.${'3'.repeat(125)}`,
  ])('is not %j', (text) => {
    expect(isVersion(text)).toBe(false);
    expect(() => parseVersion(text, 'pin --version')).toThrowError(
      /^pin --version: expected v1\.2\.3, release-1\.2\.3, or the first 7 hex digits of a commit \(3f2a9c1\); got "/,
    );
  });

  it('that is not given is an error which says what is accepted', () => {
    expect(() => parseVersion(undefined)).toThrowError(/expected v1\.2\.3, .*; got nothing/);
    expect(() => parseVersion('')).toThrowError(/got nothing/);
  });
});

describe('a tag', () => {
  it('is up to 128 characters that mean nothing to a shell', () => {
    expect(isTag('feature_x.1-2')).toBe(true);
    expect(isTag('a'.repeat(128))).toBe(true);
    for (const text of ['', '-a', '.a', 'a b', 'a$b', 'a`b', 'a"b', 'a\nb', 'a/b', 'a'.repeat(129)])
      expect(isTag(text)).toBe(false);
  });
});
