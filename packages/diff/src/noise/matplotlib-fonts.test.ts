import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PATH = 'root/.cache/matplotlib/fontlist-v3.11.0.json';
const listed = (...names: string[]) =>
  JSON.stringify({ _version: '3.11.0', ttflist: names.map((name) => ({ fname: `fonts/${name}.ttf`, name })) });

describe('matplotlib-fonts', () => {
  it('hides the order of the fonts', () => {
    expect(isSameButNoise(PATH, listed('Arial', 'DejaVu Sans'), listed('DejaVu Sans', 'Arial'))).toBe(true);
  });

  it('keeps the fonts, how often each is there, and what else it says', () => {
    expect(isSameButNoise(PATH, listed('Arial', 'DejaVu Sans'), listed('Arial'))).toBe(false);
    expect(isSameButNoise(PATH, listed('Arial', 'Arial'), listed('Arial'))).toBe(false);
    expect(isSameButNoise(PATH, listed('Arial'), listed('Arial').replace('3.11.0', '3.12.0'))).toBe(false);
    const paths = (...path: string[]) => JSON.stringify({ ttflist: [], searched: path });
    expect(isSameButNoise(PATH, paths('a', 'b'), paths('b', 'a'))).toBe(false);
  });

  it('says nothing of other files', () => {
    expect(isSameButNoise('app/fontlist.json', listed('a', 'b'), listed('b', 'a'))).toBe(false);
  });
});
