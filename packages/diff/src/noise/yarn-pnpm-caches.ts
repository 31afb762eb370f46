import { leftBehind } from './left-behind.js';

/** What yarn, pnpm and tools in node_modules keep to be faster the next time. */
export const yarnPnpmCaches = leftBehind({
  name: 'yarn-pnpm-caches',
  reason: 'yarn, pnpm, corepack and build tools compute or fetch again what their caches lack.',
  example:
    '/usr/local/share/.cache/yarn/v6/… or node_modules/.cache/babel-loader/…; hidden. A module in node_modules, or .yarn/cache of a project, is not.',
  certainty: 'run',
  files:
    /(?:^|\/)\.cache\/(?:yarn|pnpm)\/.+$|(?:^|\/)\.local\/state\/pnpm\/.+$|(?:^|\/)\.yarn\/berry\/cache\/.+$|(?:^|\/)node_modules\/\.cache\/.+$|^tmp\/v8-compile-cache-\d+\/.+$|(?:^|\/)node-compile-cache\/.+$|(?:^|\/)yarn-error\.log$/,
  folders:
    /(?:^|\/)\.cache\/(?:yarn|pnpm)(?:\/.+)?$|(?:^|\/)\.local\/state\/pnpm(?:\/.+)?$|(?:^|\/)\.yarn\/berry\/cache(?:\/.+)?$|(?:^|\/)node_modules\/\.cache(?:\/.+)?$|^tmp\/v8-compile-cache-\d+(?:\/.+)?$|(?:^|\/)node-compile-cache(?:\/.+)?$/,
});
