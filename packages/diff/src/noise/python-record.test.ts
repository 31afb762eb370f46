import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const MODULE = 'x/__init__.py,sha256=AAA,33';
const isSame = (a: string, b: string) =>
  isSameButNoise('venv/x-1.0.dist-info/RECORD', `${MODULE}\n${a}\n`, `${b}\n${MODULE}\n`);

describe('python-record', () => {
  it('hides the order, and the sums of files that have rules of their own', () => {
    expect(isSame('x-1.0.dist-info/direct_url.json,sha256=A,57', 'x-1.0.dist-info/direct_url.json,sha256=B,58')).toBe(
      true,
    );
    expect(isSame('x-1.0.dist-info/uv_cache.json,sha256=A,137', 'x-1.0.dist-info/uv_cache.json,sha256=B,137')).toBe(
      true,
    );
    expect(
      isSame('x/__pycache__/__init__.cpython-311.pyc,sha256=A,1', 'x/__pycache__/__init__.cpython-311.pyc,,'),
    ).toBe(true);
  });

  it.each<[string, string, string]>([
    ['the sum of a module', 'x/y.py,sha256=A,1', 'x/y.py,sha256=B,1'],
    ['a file more', 'x/y.py,sha256=A,1', 'x/z.py,sha256=A,1'],
    ['the sum of METADATA', 'x-1.0.dist-info/METADATA,sha256=A,1', 'x-1.0.dist-info/METADATA,sha256=B,1'],
    ['a name in quotes', '"x/a,b.pyc",sha256=A,1', '"x/a,b.pyc",sha256=B,1'],
  ])('keeps %s', (_, a, b) => {
    expect(isSame(a, b)).toBe(false);
  });
});
