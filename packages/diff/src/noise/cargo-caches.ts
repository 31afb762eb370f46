import { leftBehind } from './left-behind.js';

/** What Cargo keeps to be faster the next time. */
export const cargoCaches = leftBehind({
  name: 'cargo-caches',
  reason: 'cargo fetches the index and the crates again when it needs them, and notes when it last used which.',
  example: '/root/.cargo/registry/index/… or .global-cache; hidden. /root/.cargo/bin/tool or config.toml is not.',
  certainty: 'run',
  files:
    /(?:^(?:(?:usr\/local|opt|opt\/rust)\/)?|(?:^|\/)\.)cargo\/(?:registry\/(?:index|cache|CACHEDIR\.TAG)(?:\/.+)?|git\/db\/.+|\.package-cache(?:-mutate)?|\.global-cache)$/,
  folders: /(?:^(?:(?:usr\/local|opt|opt\/rust)\/)?|(?:^|\/)\.)cargo\/(?:registry\/(?:index|cache)|git\/db)(?:\/.+)?$/,
});
