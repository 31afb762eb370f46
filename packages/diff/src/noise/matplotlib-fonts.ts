import { isObject, parseObject } from '../formats/json.js';
import { latin1 } from '../formats/text.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'matplotlib-fonts';
const LISTS = ['afmlist', 'ttflist'];

/** The fonts that matplotlib has found, whatever their order. */
export const matplotlibFonts: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'matplotlib lists the fonts that it finds in the order of a set, which is another one in each run.',
  example:
    'The same fonts in another order in /root/.cache/matplotlib/fontlist-v390.json; hidden. A font more, less or other there is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)\.?matplotlib\/fontlist-v[\d.]+\.json$/.test(path),
  normalize: (content) => {
    const json = parseObject(latin1(content));
    if (json === undefined) return undefined;
    const hash = new FieldHash().add(NAME);
    for (const [key, value] of Object.entries(json)) {
      if (!LISTS.includes(key) || !Array.isArray(value) || !value.every(isObject)) hash.add(key, JSON.stringify(value));
      else hash.add(key, value.length, ...value.map((font) => JSON.stringify(font)).sort(compareText));
    }
    return normalForm(NAME, hash);
  },
};
