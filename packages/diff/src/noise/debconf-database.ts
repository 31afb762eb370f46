import { fieldOf, latin1, paragraphs } from '../formats/text.js';
import { compareText, digestOf, FieldHash, normalForm, shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'debconf-database';

/** Debconf's questions and answers, whatever their order. */
export const debconfDatabase: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'debconf keeps one paragraph a question, in the order of a hash table, and reads them as a set.',
  example: 'The same questions in another order; hidden. Another answer is not.',
  default: true,
  matches: ({ path }) => /^var\/cache\/debconf\/(?:config|templates|passwords)\.dat$/.test(path),
  normalize: (content) => {
    const all = paragraphs(latin1(content));
    const names = all.map((paragraph) => fieldOf(paragraph, 'Name'));
    if (names.some((name) => name === '')) return undefined;
    // An answer can be a password, so a part shows a digest of it.
    const parts = all.map((paragraph, index) => ({
      name: names[index] as string,
      value: shortDigest(digestOf(paragraph)),
    }));
    return normalForm(NAME, new FieldHash().add(NAME, ...[...all].sort(compareText)), parts);
  },
};
