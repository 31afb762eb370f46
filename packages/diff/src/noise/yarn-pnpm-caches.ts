import { leftBehind } from './left-behind.js';

/** What yarn, pnpm, bun and tools in node_modules keep to be faster the next time. */
export const yarnPnpmCaches = leftBehind({
  name: 'yarn-pnpm-caches',
  reason: 'yarn, pnpm, bun, corepack and build tools compute or fetch again what their caches lack.',
  example:
    '/usr/local/share/.cache/yarn/v6/… or node_modules/.cache/babel-loader/…; hidden. A module in node_modules, a package in .bun/install/cache, or a zip in .yarn/cache or .yarn/berry/cache, which Plug’n’Play loads from there, is not.',
  certainty: 'run',
  below:
    /(?:^|\/)(?:\.cache\/(?:yarn|pnpm)|\.local\/state\/pnpm|node_modules\/\.cache)|^tmp\/v8-compile-cache-\d+|^(?:var\/)?tmp\/node-compile-cache/,
  // bun runs packages out of its cache, but fetches the lists of their versions again after minutes.
  files: /(?:^|\/)(?:yarn-error\.log|\.yarn\/install-state\.gz|\.bun\/install\/cache\/[0-9a-f]{16}\.npm)$/,
});
