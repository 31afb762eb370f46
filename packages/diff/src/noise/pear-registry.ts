import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'pear-registry';
/** The last key of the array, so that it can not be part of a text in it. */
const INSTALLED_AT = /s:13:"_lastmodified";i:\d+;\}$/;

/** What pecl and pear note of a package that they installed. */
export const pearRegistry: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'pecl and pear note when they installed a package; PHP reads none of it.',
  example:
    '_lastmodified in php/.registry/.channel.pecl.php.net/redis.reg; hidden. Another version, dependency or sum of a file there, or the extension itself, is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)\.registry\/(?:\.channel\.[^/]+\/)?[^/]+\.reg$/.test(path),
  normalize: (content) => {
    const text = latin1(content);
    return INSTALLED_AT.test(text)
      ? normalForm(NAME, new FieldHash().add(NAME, text.replace(INSTALLED_AT, '')))
      : undefined;
  },
};
