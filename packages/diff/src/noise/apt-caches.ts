import { notInstalled } from './installed.js';
import { leftBehind } from './left-behind.js';

/** What apt keeps to be faster the next time. */
export const aptCaches = leftBehind({
  name: 'apt-caches',
  reason: 'apt fetches package lists and archives again when it needs them, and computes its binary caches from them.',
  example:
    '/var/cache/apt/pkgcache.bin differs; hidden. /var/lib/dpkg/status, a sources list in /etc/apt, or a .deb of what is not installed, is not.',
  certainty: 'tool',
  below: /^var\/lib\/apt\/(?:lists|periodic|mirrors)/,
  files: /^var\/cache\/apt\/(?:(?:src)?pkgcache\.bin(?:\.\w{6})?|archives\/(?:lock|(?:partial\/)?[^/]+\.deb))$/,
  folders: /^var\/cache\/apt(?:\/archives(?:\/partial)?)?$/,
  unless: notInstalled({
    files: /\.deb$/,
    databases: ['var/lib/dpkg/status'],
    nameOf: ({ name, version, architecture = '' }) => `${name}_${version.replaceAll(':', '%3a')}_${architecture}`,
  }),
});
