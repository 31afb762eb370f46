import { notInstalled } from './installed.js';
import { leftBehind } from './left-behind.js';

/** What apk keeps to be faster the next time, and its log. */
export const apkCaches = leftBehind({
  name: 'apk-caches',
  reason: 'apk fetches indexes and packages again when it needs them, and reads neither its log nor its empty lock.',
  example:
    '/var/cache/apk/APKINDEX.2c4ac24e.tar.gz differs; hidden. /lib/apk/db/installed, /etc/apk/world, or an .apk of what is not installed, is not.',
  certainty: 'tool',
  files:
    /^(?:var\/cache\/apk\/(?:[^/]+\.apk|APKINDEX\.[^/]+|installed)|(?:usr\/)?lib\/apk\/db\/lock|var\/log\/apk\.log)$/,
  folders: /^var\/cache\/apk$/,
  unless: notInstalled({
    files: /(?:\.[0-9a-f]{8})?\.apk$/,
    databases: ['lib/apk/db/installed', 'usr/lib/apk/db/installed'],
    nameOf: ({ name, version }) => `${name}-${version}`,
  }),
});
