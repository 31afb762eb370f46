import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const isSame = (a: string, b: string) =>
  isSameButNoise('META-INF/MANIFEST.MF', `Manifest-Version: 1.0\r\n${a}\r\n`, `Manifest-Version: 1.0\r\n${b}\r\n`);

describe('jar-manifest', () => {
  it('hides when, by whom and from which commit it was built', () => {
    expect(isSame('Build-Time: 1\r\nBuilt-By: ann', 'Build-Time: 2\r\nBuilt-By: bob')).toBe(true);
    expect(isSame('Implementation-SCM-Revision: abc\r\n def', 'Implementation-SCM-Revision: abd\r\n deg')).toBe(true);
  });

  it('hides another line end and another wrapping', () => {
    expect(isSame('Class-Path: a.jar b.jar', 'Class-Path: a.jar\r\n  b.jar')).toBe(true);
  });

  it.each<[string, string, string]>([
    ['another main class', 'Main-Class: a.A', 'Main-Class: a.B'],
    ['another class path', 'Class-Path: a.jar', 'Class-Path: b.jar'],
    ['another version', 'Implementation-Version: 1', 'Implementation-Version: 2'],
    ['another compiler', 'Build-Jdk-Spec: 17', 'Build-Jdk-Spec: 21'],
    ['a key that only starts like one', 'Build-Time-Zone: a', 'Build-Time-Zone: b'],
    ['a line that goes on from another key', 'Main-Class: a\r\n Build-Time: 1', 'Main-Class: a\r\n Build-Time: 2'],
  ])('keeps %s', (_, a, b) => {
    expect(isSame(a, b)).toBe(false);
  });
});
