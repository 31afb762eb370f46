import { describe, expect, it } from 'vitest';
import { formed, isSameButNoise } from '../testing/formed.js';

const PATH = `root/.local/share/pnpm/store/v3/files/00/${'e2'.repeat(31)}-index.json`;
const index = (file: object) => JSON.stringify({ name: 'x', version: '1.0.0', files: { 'a.js': file } });
const A = { checkedAt: 1, integrity: 'sha512-A', mode: 420, size: 3 };

describe('pnpm-store-index', () => {
  it.each([PATH, `pnpm/store/v10/index/0a/${'b1'.repeat(31)}-accepts@1.3.8.json`])(
    'hides when a file was checked, in %s',
    (path) => {
      expect(isSameButNoise(path, index(A), index({ ...A, checkedAt: 2 }))).toBe(true);
    },
  );

  it.each([{ integrity: 'sha512-B' }, { size: 4 }, { mode: 493 }, { checkedAt: 'x' }])('keeps %j', (other) => {
    expect(isSameButNoise(PATH, index(A), index({ ...A, ...other }))).toBe(false);
  });

  it('keeps another name of a file', () => {
    expect(isSameButNoise(PATH, index(A), index(A).replace('a.js', 'b.js'))).toBe(false);
    expect(isSameButNoise(PATH, index(A), index(A).replace('a.js', 'checkedAt'))).toBe(false);
  });

  it('leaves alone what is no index', () => {
    expect(formed(PATH, '{"checkedAt":1}')).toBeUndefined();
    expect(formed('app/v1/files/00/data.json', index(A))).toBeUndefined();
  });
});
