import { leftBehind } from './left-behind.js';

/** What git notes of when and where it checked something out. */
export const gitBookkeeping = leftBehind({
  name: 'git-bookkeeping',
  reason:
    'A clone holds the times and inode numbers of its files, and a log of when it was made; files, references and objects are compared themselves.',
  example:
    '/src/lib/.git/index and .git/logs/HEAD differ; hidden. .git/HEAD, .git/config, a reference, a hook, or a file of the checkout, is not.',
  certainty: 'run',
  files: /(?:^|\/)\.git\/(?:modules\/.+\/)?(?:index|FETCH_HEAD|ORIG_HEAD|gc\.log|logs\/.+)$/,
  folders: /(?:^|\/)\.git\/(?:modules\/.+\/)?logs(?:\/.+)?$/,
});
