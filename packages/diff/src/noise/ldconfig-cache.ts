import { leftBehind } from './left-behind.js';

/** Which libraries ldconfig has looked at. */
export const ldconfigCache = leftBehind({
  name: 'ldconfig-cache',
  reason:
    'ldconfig keeps inode numbers and times to know which libraries it has looked at; the loader reads /etc/ld.so.cache.',
  example: '/var/cache/ldconfig/aux-cache differs; hidden. /etc/ld.so.cache is not.',
  certainty: 'tool',
  files: /^var\/cache\/ldconfig\/aux-cache$/,
  folders: /^var\/cache\/ldconfig$/,
});
