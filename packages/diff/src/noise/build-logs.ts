import { leftBehind } from './left-behind.js';

/** Logs of whatever ran in a RUN line. */
export const buildLogs = leftBehind({
  name: 'build-logs',
  reason: 'A log that a RUN left in /var/log tells of the build.',
  example:
    '/var/log/install.log, written by a RUN; hidden. The same file copied by the Dockerfile, or a file that is no log, is not.',
  certainty: 'run',
  files: /^var\/log\/(?:.+\/)?[^/]+\.log(?:[.-]\d+)?(?:\.(?:gz|xz|bz2))?$/,
});
