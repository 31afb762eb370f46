import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'perl-local-log';
/** Perl's `localtime`, before what was installed. */
const INSTALLED_AT = /^(=head2 )[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}(?=: C<)/gm;

/** The log of Perl modules installed by hand. */
export const perlLocalLog: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'perllocal.pod is a log of when which modules were installed; the modules lie elsewhere.',
  example:
    '=head2 Mon Nov 23 03:45:24 2026: C<Module> in perllocal.pod has another date; hidden. Another module or version there is not.',
  default: true,
  matches: ({ path }) => /(?:^|\/)perl5?\/(?:.+\/)?perllocal\.pod$/.test(path),
  normalize: (content) => normalForm(NAME, new FieldHash().add(NAME, latin1(content).replace(INSTALLED_AT, '$1'))),
};
