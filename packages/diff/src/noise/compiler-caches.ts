import { leftBehind } from './left-behind.js';

/** What ccache and sccache keep to compile faster the next time. */
export const compilerCaches = leftBehind({
  name: 'compiler-caches',
  reason: 'ccache and sccache keep what was compiled, with counts and times of it, and compile again what they lack.',
  example: '/root/.cache/ccache/4/stats differs; hidden. The object that was compiled, or ccache.conf, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:\.cache\/(?:ccache|sccache)|\.ccache)(?!\/ccache\.conf$)/,
});
