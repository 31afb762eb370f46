import { leftBehind } from './left-behind.js';

/** What apt keeps to be faster the next time. */
export const aptCaches = leftBehind({
  name: 'apt-caches',
  reason: 'apt fetches package lists and archives again when it needs them, and computes its binary caches from them.',
  example: '/var/cache/apt/pkgcache.bin differs; hidden. /var/lib/dpkg/status, or a sources list in /etc/apt, is not.',
  certainty: 'tool',
  below: /^var\/lib\/apt\/(?:lists|periodic|mirrors)/,
  files: /^var\/cache\/apt\/(?:(?:src)?pkgcache\.bin(?:\.\w{6})?|archives\/(?:lock|(?:partial\/)?[^/]+\.deb))$/,
  folders: /^var\/cache\/apt(?:\/archives(?:\/partial)?)?$/,
});
