import { leftBehind } from './left-behind.js';

/** The log of Perl modules installed by hand. */
export const perlLocalLog = leftBehind({
  name: 'perl-local-log',
  reason: 'perllocal.pod is a log, with dates, of which modules were installed; the modules lie elsewhere.',
  example: 'perllocal.pod has another date; hidden. A module, or its .packlist, is not.',
  certainty: 'tool',
  files: /(?:^|\/)perl5?\/(?:.+\/)?perllocal\.pod$/,
});
