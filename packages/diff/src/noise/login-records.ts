import { leftBehind } from './left-behind.js';

/** Who logged in, and when. */
export const loginRecords = leftBehind({
  name: 'login-records',
  reason: 'The records of logins and failed logins hold what happened on the machine that built the image.',
  example: '/var/log/lastlog grew by a user; hidden. /var/log/app.rules is not.',
  certainty: 'tool',
  files: /^var\/(?:log\/(?:lastlog|faillog|wtmp|btmp|tallylog)|run\/utmp)$|^run\/utmp$/,
});
