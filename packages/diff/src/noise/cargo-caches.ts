import { leftBehind } from './left-behind.js';

/** CARGO_HOME, where it is by default and where images have it. */
const HOME = String.raw`(?:^(?:(?:usr\/local|opt|opt\/rust)\/)?|(?:^|\/)\.)cargo\/`;

/** What Cargo keeps to be faster the next time. */
export const cargoCaches = leftBehind({
  name: 'cargo-caches',
  reason: 'cargo fetches the index and the crates again when it needs them, and notes when it last used which.',
  example: '/root/.cargo/registry/index/… or .global-cache; hidden. /root/.cargo/bin/tool or config.toml is not.',
  certainty: 'run',
  below: new RegExp(String.raw`${HOME}(?:registry\/(?:index|cache)|git\/db)`),
  files: new RegExp(String.raw`${HOME}(?:registry\/CACHEDIR\.TAG|\.package-cache(?:-mutate)?|\.global-cache)$`),
});
