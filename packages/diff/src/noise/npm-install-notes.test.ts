import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PACKAGE = { _id: 'x@1.0.0', _where: '/tmp/a', main: 'x.js', version: '1.0.0' };
const isSame = (b: object, path = 'app/node_modules/x/package.json') =>
  isSameButNoise(path, JSON.stringify(PACKAGE), JSON.stringify({ ...PACKAGE, ...b }));

describe('npm-install-notes', () => {
  it('hides where and for whom npm installed a package', () => {
    expect(isSame({ _where: '/tmp/b', _requiredBy: ['/'] })).toBe(true);
  });

  it('keeps what a program reads, and sums', () => {
    expect(isSame({ main: 'y.js' })).toBe(false);
    expect(isSame({ version: '1.0.1' })).toBe(false);
    expect(isSame({ _integrity: 'sha512-x' })).toBe(false);
  });

  it('keeps the same keys in a package.json of one’s own, and in one that no npm marked', () => {
    expect(isSame({ _where: '/tmp/b' }, 'app/package.json')).toBe(false);
    const [a, b] = ['/a', '/b'].map((_where) => JSON.stringify({ main: 'x.js', _where }));
    expect(isSameButNoise('app/node_modules/x/package.json', a as string, b as string)).toBe(false);
  });
});
