import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const lock = (about: object) =>
  JSON.stringify({ lockfileVersion: 3, packages: { 'node_modules/x': { version: '1.0.0', ...about } } });
const isSame = (a: object, b: object) => isSameButNoise('app/node_modules/.package-lock.json', lock(a), lock(b));

describe('npm-hidden-lock', () => {
  it('hides the address of a package that has a sum', () => {
    const from = (port: number) => ({ resolved: `http://127.0.0.1:${port}/x.tgz`, integrity: 'sha512-a' });
    expect(isSame(from(1), from(2))).toBe(true);
  });

  it('keeps versions, sums, and an address without a sum', () => {
    expect(isSame({ integrity: 'a' }, { integrity: 'b' })).toBe(false);
    expect(isSame({}, { version: '1.0.1' })).toBe(false);
    expect(isSame({ resolved: 'git+ssh://h/x#a' }, { resolved: 'git+ssh://h/x#b' })).toBe(false);
  });

  it('names packages with their versions', () => {
    expect(formed('app/node_modules/.package-lock.json', lock({}))?.parts).toEqual([
      { name: 'node_modules/x', value: '1.0.0' },
    ]);
  });

  it('leaves a lock file of a project alone', () => {
    expect(formed('app/package-lock.json', lock({}))).toBeUndefined();
  });
});
