import { describe, expect, test } from 'vitest';
import { parseDockerIgnore } from './docker-ignore.js';

describe('a .dockerignore', () => {
  test.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'lib/node_modules/a.js', false],
    ['**/node_modules', 'lib/node_modules/a.js', true],
    ['*.md\n!README.md', 'README.md', false],
    ['*.md\n!README.md', 'CHANGES.md', true],
    ['!README.md\n*.md', 'README.md', true],
    ['# a comment\n\n  /build/  ', 'build/x', true],
    ['a+b', 'a+b', true],
    ['a+b', 'aab', false],
    ['a(1)', 'a(1)', true],
    ['[a-c].txt', 'b.txt', true],
    ['\uFEFFfirst', 'first', true],
    ['Makefile', 'makefile', false],
  ])('%j on %s: %s', (text, path, ignored) => {
    expect(parseDockerIgnore(text).ignores(path)).toBe(ignored);
  });

  test('says below which ignored folders something may be kept', () => {
    const ignore = parseDockerIgnore('*\n!src/**/*.ts\n!docs/a/b.md');
    expect(ignore.mayHoldKept('src')).toBe(true);
    expect(ignore.mayHoldKept('src/deep')).toBe(true);
    expect(ignore.mayHoldKept('docs/a')).toBe(true);
    expect(ignore.mayHoldKept('docs/c')).toBe(false);
    expect(ignore.mayHoldKept('node_modules')).toBe(false);
  });

  test('with a rule that can match anywhere, everything may hold something', () => {
    expect(parseDockerIgnore('*\n!**/*.ts').mayHoldKept('node_modules')).toBe(true);
  });

  test('a pattern that is none is an error that names the file', () => {
    expect(() => parseDockerIgnore('[z-a]', 'app.dockerignore').ignores('x')).toThrow(/app\.dockerignore/);
  });
});
