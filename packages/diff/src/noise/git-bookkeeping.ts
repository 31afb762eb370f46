import { leftBehind } from './left-behind.js';

/** What git notes of when and where it checked something out. */
export const gitBookkeeping = leftBehind({
  name: 'git-bookkeeping',
  reason: 'A clone holds a log of when it was made; files, references and objects are compared themselves.',
  example:
    '/src/lib/.git/logs/HEAD differs; hidden. .git/index, .git/HEAD, .git/config, a reference, a hook, or a file of the checkout, is not.',
  certainty: 'run',
  files: /(?:^|\/)\.git\/(?:modules\/.+\/)?(?:FETCH_HEAD|ORIG_HEAD|gc\.log|logs\/.+)$/,
  folders: /(?:^|\/)\.git\/(?:modules\/.+\/)?logs(?:\/.+)?$/,
});
