import { describe, expect, it } from 'vitest';
import { expandWord, expandWords, splitWords } from './expand.js';

const variables = new Map([
  ['x', 'X'],
  ['empty', ''],
  ['spaced', 'a  b'],
]);
const expand = (word: string) => expandWord(word, { variables, escapeSign: '\\' });

describe('a word of a Dockerfile', () => {
  it.each([
    ['$x', 'X'],
    ['a${x}b', 'aXb'],
    ['$none', ''],
    ['$', '$'],
    ['$/', '$/'],
    ['\\$x', '$x'],
    ["'$x'", '$x'],
    ['"$x"', 'X'],
    ['"\\$x \\n \\""', '$x \\n "'],
    ["'it'\"'s\"", "it's"],
    ['\\a\\\\', 'a\\'],
    ['${none:-d}', 'd'],
    ['${none-d}', 'd'],
    ['${empty:-d}', 'd'],
    ['${empty-d}', ''],
    ['${x:+set}', 'set'],
    ['${empty:+set}', ''],
    ['${empty+set}', 'set'],
    ['${none:-${x}${none:-"q"}}', 'Xq'],
    ['${x:?why}', 'X'],
    ['$1x', 'x'],
    ['$xy', ''],
    ['ünïcode$x', 'ünïcodeX'],
  ])('%s is %j', (word, value) => {
    expect(expand(word)).toBe(value);
  });

  it.each([
    ["'open", "a closing '"],
    ['"open', 'a closing "'],
    ['${x', 'a } is missing'],
    ['${none:-x', 'a } is missing'],
    ['${}', 'no name'],
    ['${none:?not given}', 'none: not given'],
    ['${x#pattern}', "can't be filled in"],
  ])('%s is an error: %s', (word, message) => {
    expect(() => expand(word)).toThrow(message);
  });

  it('keeps quotes in a heredoc', () => {
    const text = `"$x" 'it' \\$x`;
    expect(expandWord(text, { variables, escapeSign: '\\', keepsQuotes: true })).toBe(`"X" 'it' $x`);
  });

  it('becomes several where spaces are not quoted', () => {
    const words = expandWords('$spaced "$spaced" \'\' 1\\ 2', { variables, escapeSign: '\\' });
    expect(words).toEqual(['a', 'b', 'a  b', '1 2']);
  });

  it('is split at spaces outside of quotes', () => {
    expect(splitWords(`a="b c"  d\\ e 'f g'`, '\\')).toEqual(['a="b c"', 'd\\ e', "'f g'"]);
  });
});
