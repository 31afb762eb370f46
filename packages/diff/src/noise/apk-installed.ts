import { fieldOf, latin1, paragraphs } from '../formats/text.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'apk-installed';

/** apk's database of what is installed, whatever the order of its packages. */
export const apkInstalled: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'apk keeps one paragraph a package, in the order in which they were installed, and reads them as a set.',
  example:
    'The same packages in another order; hidden. Another version, or a package built anew (its checksum), is not.',
  default: true,
  matches: ({ path }) => path === 'lib/apk/db/installed' || path === 'usr/lib/apk/db/installed',
  normalize: (content) => {
    const all = paragraphs(latin1(content));
    const parts = all.map((paragraph) => ({ name: fieldOf(paragraph, 'P'), value: fieldOf(paragraph, 'V') }));
    if (parts.some(({ name }) => name === '')) return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, ...all.sort(compareText)), parts);
  },
};
