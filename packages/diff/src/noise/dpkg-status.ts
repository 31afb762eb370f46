import { fieldOf, latin1, paragraphs } from '../formats/text.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'dpkg-status';

/** What dpkg and apt know of each package, whatever their order. */
export const dpkgStatus: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'dpkg and apt keep one paragraph a package, in an order that depends on how they were installed and that nothing depends on.',
  example: 'The same paragraphs in another order; hidden. Another version, state or dependency of a package is not.',
  default: true,
  matches: ({ path }) => path === 'var/lib/dpkg/status' || path === 'var/lib/apt/extended_states',
  normalize: (content) => {
    const all = paragraphs(latin1(content));
    const parts = all.map((paragraph) => ({
      name: [fieldOf(paragraph, 'Package'), fieldOf(paragraph, 'Architecture')].filter(Boolean).join(':'),
      value: fieldOf(paragraph, 'Version') || fieldOf(paragraph, 'Auto-Installed'),
    }));
    if (parts.some(({ name }) => name === '') || all.length === 0) return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, ...all.sort(compareText)), parts);
  },
};
