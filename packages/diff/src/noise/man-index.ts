import { leftBehind } from './left-behind.js';

/** The index of manual pages. */
export const manIndex = leftBehind({
  name: 'man-index',
  reason: 'mandb computes its index, with times in it, from the manual pages, and finds pages without it.',
  example: '/var/cache/man/index.db differs; hidden. A page in /usr/share/man is not.',
  certainty: 'tool',
  files: /^var\/cache\/man\/(?:.+\/)?(?:index\.db|CACHEDIR\.TAG|\d+)$/,
  folders: /^var\/cache\/man(?:\/.+)?$/,
});
