import { leftBehind } from './left-behind.js';

/** What Composer keeps to be faster the next time. */
export const composerCaches = leftBehind({
  name: 'composer-caches',
  reason: 'Composer fetches packages and indexes again when its cache lacks them; what is installed lies in vendor.',
  example:
    '/root/.composer/cache/files/… or /root/.cache/composer/…; hidden. A file in vendor, or /root/.composer/auth.json, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:\.composer\/cache|\.cache\/composer)/,
});
