import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'crontab-note';
const CRONTAB = /^var\/spool\/cron\/(?:(?:crontabs|tabs)\/)?[^/]+$/;
/** crontab(1) of Vixie's cron, as Debian has it: from which file, and by `ctime` when. */
const INSTALLED_ON = /^# \(.* installed on [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\)$/gm;

/** The crontab of a user, which `crontab` installed. */
export const crontabNote: ContentRule = {
  kind: 'content',
  name: NAME,
  reason: 'crontab notes in a comment from which file and when it installed a crontab; cron skips comments.',
  example:
    '# (/tmp/app.cron installed on Mon Nov 23 06:35:07 2026) in /var/spool/cron/crontabs/root has another date; hidden. Another job, hour or variable there, or a file in /etc/cron.d, is not.',
  default: true,
  matches: ({ path }) => CRONTAB.test(path),
  normalize: (content) =>
    normalForm(NAME, new FieldHash().add(NAME, latin1(content).replace(INSTALLED_ON, '# (installed)'))),
};
