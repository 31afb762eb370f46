import { describe, expect, it } from 'vitest';
import { formatPlatform, parsePlatform, samePlatform, selectPlatform } from './platform.js';

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux/amd64'],
    ['linux/x86_64', 'linux/amd64'],
    ['Linux/AMD64/v1', 'linux/amd64'],
    ['linux/amd64/v3', 'linux/amd64/v3'],
    ['linux/aarch64', 'linux/arm64'],
    ['linux/arm64/v8', 'linux/arm64'],
    ['linux/arm64/8', 'linux/arm64'],
    ['linux/arm', 'linux/arm/v7'],
    ['linux/armhf', 'linux/arm/v7'],
    ['linux/armel', 'linux/arm/v6'],
    ['linux/arm/6', 'linux/arm/v6'],
    ['linux/i386', 'linux/386'],
    ['macos/arm64', 'darwin/arm64'],
  ])('reads %s as %s', (text, normalised) => {
    expect(formatPlatform(parsePlatform(text))).toBe(normalised);
  });

  it.each(['', 'amd64', 'linux/', 'linux/a/b/c', 'linux/../x', 'linux/a b'])('refuses %j', (text) => {
    expect(() => parsePlatform(text)).toThrowError(expect.objectContaining({ code: 'invalid' }));
  });

  it('compares os.version only where both have one', () => {
    const windows = { os: 'windows', architecture: 'amd64' };
    expect(samePlatform(windows, { ...windows, 'os.version': '10.0.1' })).toBe(true);
    expect(samePlatform({ ...windows, 'os.version': '10.0.2' }, { ...windows, 'os.version': '10.0.1' })).toBe(false);
  });

  it.each([
    ['linux/arm64', ['linux/amd64', 'linux/arm64'], 'linux/arm64'],
    ['linux/arm/v7', ['linux/arm/v5', 'linux/arm/v6', 'linux/arm64'], 'linux/arm/v6'],
    ['linux/amd64/v3', ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v4'], 'linux/amd64/v2'],
    ['linux/arm/v6', ['linux/arm/v7'], undefined],
    ['linux/amd64', ['linux/amd64/v2'], undefined],
    ['linux/s390x', ['linux/amd64'], undefined],
  ])('for %s of %j takes %s', (wanted, candidates, chosen) => {
    const found = selectPlatform(parsePlatform(wanted), candidates.map(parsePlatform));
    expect(found && formatPlatform(found)).toBe(chosen);
  });
});
