import { leftBehind } from './left-behind.js';

/** Indexes of icons, MIME types and system messages. */
export const desktopCaches = leftBehind({
  name: 'desktop-caches',
  reason:
    'The caches of icons, MIME types, desktop files and the journal catalogue are computed from files that are compared themselves.',
  example:
    '/usr/share/icons/hicolor/icon-theme.cache differs; hidden. An icon, or a type in /usr/share/mime/packages, is not.',
  certainty: 'tool',
  files:
    /^usr\/(?:local\/)?share\/(?:mime\/mime\.cache|applications\/mimeinfo\.cache|icons\/[^/]+\/icon-theme\.cache)$|^var\/lib\/systemd\/catalog\/database$/,
});
