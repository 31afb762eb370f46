import { describe, expect, it } from 'vitest';
import { diffLists } from './container-diff-matcher.js';
import { printBytes, printResults, printResultsAsMarkdown } from './container-diff-text.js';

const file = {
  Image1: 'a',
  Image2: 'b',
  DiffType: 'File',
  Diff: {
    Adds: [{ Name: '/new', Size: 2048 }],
    Dels: [{ Name: '/a/longer/name', Size: 1 }],
    Mods: [{ Name: '/x', Size1: 10, Size2: 4 }],
  },
};
const apt = {
  Image1: 'a',
  Image2: 'b',
  DiffType: 'Apt',
  Diff: {
    Packages1: [],
    Packages2: [],
    InfoDiff: [{ Package: 'bash', Info1: { Version: '1', Size: 1 }, Info2: { Version: '2', Size: 1 } }],
  },
};

describe('results as text', () => {
  it('mark what went, came and changed, in columns', () => {
    expect(printResults([file, apt])).toBe(
      [
        'File: a -> b',
        '- /a/longer/name  1 B',
        '+ /new            2.0 KiB',
        '~ /x              10 B -> 4 B  -6 B',
        '',
        'Apt: a -> b',
        '~ bash  1 -> 2',
        '',
      ].join('\n'),
    );
  });

  it('say so where there is no difference, or nothing', () => {
    const none = { Image1: 'a', Image2: 'b', DiffType: 'Size', Diff: [] };
    expect(printResults([none, { Image: 'a', AnalyzeType: 'Pip', Analysis: [] }])).toBe(
      'Size: a -> b\nno difference\n\nPip: a\nnothing found\n',
    );
  });

  it('say so where a package is of the same version in another place', () => {
    const info = [{ Version: '1.0', Size: 1 }];
    const InfoDiff = [{ Package: 'flask', Info1: info, Info2: info }];
    const pip = { Image1: 'a', Image2: 'b', DiffType: 'Pip', Diff: { Packages1: [], Packages2: [], InfoDiff } };
    expect(printResults([pip])).toBe('Pip: a -> b\n~ flask  1.0, in another place\n');
  });

  it('name layers by number, and one that is not there', () => {
    const layers = { Image1: 'a', Image2: 'b', DiffType: 'SizeLayer', Diff: [{ Name: '3', Size1: -1, Size2: 5 }] };
    expect(printResults([layers])).toContain('~ layer 3  absent -> 5 B');
  });

  it('are coloured by who prints them', () => {
    expect(printResults([apt], (tone, text) => `<${tone}>${text}`)).toContain('<modified>~ bash  1 -> 2');
  });

  it('hold no control characters of an image', () => {
    const hostile = { Image: 'a', AnalyzeType: 'History', Analysis: ['RUN \u001b[2J\nx', '\u009b2J\u202efdp.exe\r'] };
    expect(printResults([hostile])).toContain('RUN \\u001b[2J\\nx\n  \\u009b2J\\u202efdp.exe\\r\n');
  });

  it('are a block of differences in Markdown', () => {
    expect(printResultsAsMarkdown([apt])).toBe('### Apt: a -> b\n\n````diff\n~ bash  1 -> 2\n````\n');
  });

  it('are a block in Markdown that no text of an image ends', () => {
    const hostile = { Image: 'a', AnalyzeType: 'History', Analysis: ['`````', 'RUN x'] };
    expect(printResultsAsMarkdown([hostile])).toBe('### History: a\n\n``````diff\n  `````\n  RUN x\n``````\n');
  });

  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
    [-1, 'unknown'],
  ])('print %d bytes as %s', (bytes, text) => {
    expect(printBytes(bytes)).toBe(text);
  });
});

describe('two lists', () => {
  it.each([
    ['', '', '', ''],
    ['abc', 'abc', '', ''],
    ['abc', 'axc', 'x', 'b'],
    ['abc', 'cab', 'c', 'c'],
    ['aab', 'ab', '', 'a'],
    ['abcdef', 'defabc', 'def', 'def'],
  ])('%s and %s differ by +%s -%s', (a, b, adds, dels) => {
    expect(diffLists([...a], [...b])).toEqual({ adds: [...adds], dels: [...dels] });
  });

  it('of a hundred thousand equal lines are compared in no time', () => {
    const lines = Array.from({ length: 100_000 }, () => 'RUN x');
    expect(diffLists(lines, lines.slice(1))).toEqual({ adds: [], dels: ['RUN x'] });
  });
});
