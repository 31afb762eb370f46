import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './container-diff-unified.js';

const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `${from + at}\n`).join('');

describe('a unified diff', () => {
  it('of equal texts is empty', () => {
    expect(unifiedDiff('a', 'x\n', 'b', 'x\n')).toBe('');
  });

  it('has three lines of context around a change', () => {
    expect(unifiedDiff('a', lines(1, 9), 'b', lines(1, 9).replace('5', 'five'))).toBe(
      '--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n',
    );
  });

  it('has a hunk for each change that is far from others', () => {
    const text = unifiedDiff('a', lines(1, 30), 'b', `new\n${lines(1, 29)}`);
    expect(text.match(/^@@.*/gm)).toEqual(['@@ -1,3 +1,4 @@', '@@ -27,4 +28,3 @@']);
  });

  it('of a text and none says which lines', () => {
    expect(unifiedDiff('a', '', 'b', 'x\ny\n')).toContain('@@ -0,0 +1,2 @@\n+x\n+y\n');
  });

  it('of texts without a line in common has all of both', () => {
    const text = unifiedDiff('a', lines(1, 200_000), 'b', lines(300_001, 500_000));
    expect(text.match(/^-\d/gm)).toHaveLength(200_000);
  });

  it('sees a last line end that is missing', () => {
    expect(unifiedDiff('a', 'x\n', 'b', 'x')).toContain('-x\n+x\n\\ No newline at end of file\n');
  });
});
