import { leftBehind } from './left-behind.js';
import type { TreeRule } from './rule.js';

const logs = leftBehind({
  name: 'build-logs',
  reason: 'A log that a RUN left in /var/log tells of the build.',
  example:
    '/var/log/install.log, written by a RUN; hidden. The same file copied by the Dockerfile, an empty one, a link, or a file that is no log, is not.',
  certainty: 'run',
  // Kafka's data lies in files of twenty digits.
  files: /^var\/log\/(?:.+\/)?(?!\d{20}\.log$)[^/]+\.log(?:[.-]\d+)?(?:\.(?:gz|xz|bz2))?$/,
});

/** Logs of whatever ran in a RUN line. An empty one tells of nothing: it was made for a program that writes to it, or `tail`s it. */
export const buildLogs: TreeRule = {
  ...logs,
  judge: (entry, tree) => (entry.size === 0 ? 'keep' : logs.judge(entry, tree)),
};
