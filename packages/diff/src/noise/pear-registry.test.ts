import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PATH = 'usr/local/lib/php/.registry/.channel.pecl.php.net/redis.reg';
const registered = (version: string, time: number) =>
  `a:3:{s:4:"name";s:5:"redis";s:7:"version";s:5:"${version}";s:13:"_lastmodified";i:${time};}`;

describe('pear-registry', () => {
  it('hides when a package was installed', () => {
    expect(isSameButNoise(PATH, registered('6.0.2', 1795405249), registered('6.0.2', 1795406000))).toBe(true);
    const ofPear = 'usr/share/php/.registry/pear.reg';
    expect(isSameButNoise(ofPear, registered('6.0.2', 1795405249), registered('6.0.2', 1795406000))).toBe(true);
  });

  it('keeps what was installed', () => {
    expect(isSameButNoise(PATH, registered('6.0.2', 1), registered('6.0.3', 1))).toBe(false);
    const noted = (time: number) => `a:1:{s:5:"notes";s:29:"s:13:"_lastmodified";i:${time};}";}`;
    expect(isSameButNoise(PATH, noted(1), noted(2))).toBe(false);
    expect(isSameButNoise('app/redis.reg', registered('6.0.2', 1), registered('6.0.2', 2))).toBe(false);
  });
});
