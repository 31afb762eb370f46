import type { TreeEntry } from '../tree/tree.js';
import { commandsOf, leftBehind } from './left-behind.js';

/** What npm keeps to be faster the next time, and its logs. */
export const npmCaches = leftBehind({
  name: 'npm-caches',
  reason:
    'npm fetches packages again when its cache lacks them; logs and the day of its last look for updates tell of the build.',
  example:
    '/root/.npm/_logs/2026-11-21T20_25_49_313Z-debug-0.log; hidden. A file in node_modules, or in /root/.npm/_npx, which npx runs, or in a cache that `npm cache add` filled for later, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:\.npm\/(?:_cacache|_logs|_git-remotes|_locks)|\.cache\/node-gyp)/,
  files:
    /(?:^|\/)(?:\.npm\/(?:_update-notifier-last-checked|anonymous-cli-metrics\.json)|\.config\/configstore\/update-notifier-[^/]+\.json|npm-debug\.log)$/,
  unless: isFilledForLater,
});

/** Whether the command fetched packages that it did not install: then something installs or runs them later, without a network. */
function isFilledForLater(entry: TreeEntry): boolean {
  const isOfCache = entry.type !== 'directory' && entry.path.includes('.npm/_cacache/');
  return isOfCache && commandsOf(entry).some((command) => /\bnpm\s+cache\s+add\b/.test(command));
}
