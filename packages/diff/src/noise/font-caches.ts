import { leftBehind } from './left-behind.js';

/** What fontconfig has computed from the fonts. */
export const fontCaches = leftBehind({
  name: 'font-caches',
  reason:
    'fontconfig caches hold the times of the font folders and are made again from the fonts; .uuid only names them.',
  example: '/var/cache/fontconfig/3830…-le64.cache-8 differs; hidden. A font, or /etc/fonts/fonts.conf, is not.',
  certainty: 'tool',
  files:
    /(?:^var\/cache\/fontconfig|(?:^|\/)\.cache\/fontconfig)\/(?:[0-9a-f-]{32,36}-[\w.-]+\.cache-\d+|CACHEDIR\.TAG)$|^usr\/(?:local\/)?share\/fonts\/(?:.+\/)?\.uuid$/,
  folders: /(?:^var\/cache\/fontconfig|(?:^|\/)\.cache\/fontconfig)$/,
});
