import { latin1 } from '../formats/text.js';
import { digestOf, FieldHash, normalForm, shortDigest } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'shadow-days';
/** 27 years: what distributions write for "never expires" is 99999. */
const NEVER_EXPIRES_DAYS = 10_000;

/** The day of the last password change in /etc/shadow. */
export const shadowDays: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'adduser writes the day of the build as the day of the last password change, which decides nothing where passwords do not expire.',
  example:
    '`tron:!:19700:0:99999:7:::` on another day; hidden. Another hash, a lock, a user, day 0 (must be changed at login), or any day where the password expires or must be kept for some days, is not.',
  default: true,
  matches: ({ path }) => path === 'etc/shadow' || path === 'etc/shadow-',
  normalize: (content) => {
    const lines = latin1(content).split('\n').map(withoutDay);
    const users = lines.filter((line) => line !== '');
    // A line holds a password's hash, so a part shows a digest of it.
    const parts = users.map((line) => ({ name: line.split(':')[0] as string, value: shortDigest(digestOf(line)) }));
    return normalForm(NAME, new FieldHash().add(NAME, ...lines), parts);
  },
};

/** shadow(5): name, password, last change, minimum, maximum, warning, inactivity, expiry, reserved. */
function withoutDay(line: string): string {
  const fields = line.split(':');
  const [day, maximum] = [fields[2] ?? '', fields[4] ?? ''];
  const neverExpires = maximum === '' || (/^\d+$/.test(maximum) && Number(maximum) >= NEVER_EXPIRES_DAYS);
  const changesAtOnce = /^0*$/.test(fields[3] ?? '');
  if (fields.length !== 9 || !/^[1-9]\d*$/.test(day) || !neverExpires || !changesAtOnce) return line;
  return [...fields.slice(0, 2), 'day', ...fields.slice(3)].join(':');
}
