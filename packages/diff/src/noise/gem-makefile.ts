import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'gem-makefile';

/** `Dir.mktmpdir` and `Tempfile`: date, process, random. */
const TEMPORARY = /\b(gem\.|siteconf|d|mkmf)?\d{8}-\d+-[a-z0-9]{4,8}\b/g;

const MAKEFILE = /(?:^|\/)gems\/[^/]+\/ext\/(?:.+\/)?Makefile$/;
/** What `gem-build-logs` leaves alone where a later stage of a build copied it. */
const LOG = /(?:^|\/)extensions\/[^/]+\/[^/]+\/[^/]+\/gem_make\.out$/;

/** What is left of how a gem's native extension was built: its Makefile and its log. */
export const gemMakefile: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'RubyGems builds an extension in a folder with a random name, which mkmf writes into the Makefile, and RubyGems into the log, that stay behind.',
  example: '`./.gem.20261121-8-jca5j2` became `./.gem.20261121-8-xa2yry`; hidden. Another CFLAGS line is not.',
  default: true,
  matches: ({ path }) => MAKEFILE.test(path) || LOG.test(path),
  normalize: (content, { path }) => {
    const text = latin1(content);
    if (MAKEFILE.test(path) && !text.includes('# V=0 quiet, V=1 verbose.')) return undefined;
    return normalForm(NAME, new FieldHash().add(NAME, text.replace(TEMPORARY, '$1temporary')));
  },
};
