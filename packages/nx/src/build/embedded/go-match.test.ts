import { describe, expect, it } from 'vitest';
import { goMatch, hasWildcard } from './go-match.js';

describe("a pattern of Go's filepath.Match", () => {
  it.each([
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a/b.txt', false],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[^a]x', '/x', false],
    ['[\\]]', ']', true],
    ['[-]', '-', true],
    ['[[]x', '[x', true],
    ['a\\*', 'a*', true],
    ['a\\*', 'ab', false],
    ['(a|b)+.$^{}', '(a|b)+.$^{}', true],
    ['*é*', 'caféx', true],
    ['?', '😀', true],
  ])('%s on %s: %s', (pattern, path, matches) => {
    expect(goMatch(pattern)(path)).toBe(matches);
  });

  it.each(['[a', 'a\\', '[]a'])('%s is malformed', (pattern) => {
    expect(() => goMatch(pattern)).toThrow();
  });

  it('is one only with a sign that is not escaped', () => {
    expect(['a*', 'a?', '[a]', 'a\\*', 'a'].map(hasWildcard)).toEqual([true, true, true, false, false]);
  });
});
