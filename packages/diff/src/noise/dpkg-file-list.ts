import { latin1 } from '../formats/text.js';
import { compareText, FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'dpkg-file-list';

/** Which paths belong to a package, whatever their order. */
export const dpkgFileList: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'dpkg lists the paths of a package in the order in which they were unpacked; it reads the list as a set.',
  example: 'The same paths in another order; hidden. One path more or less is not.',
  default: true,
  matches: ({ path }) => /^var\/lib\/dpkg\/info\/[^/]+\.list$/.test(path),
  normalize: (content) => normalForm(NAME, new FieldHash().add(NAME, ...latin1(content).split('\n').sort(compareText))),
};
