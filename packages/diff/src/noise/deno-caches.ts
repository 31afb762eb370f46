import { leftBehind } from './left-behind.js';

/** What Deno knows of the modules that it has seen. */
export const denoCaches = leftBehind({
  name: 'deno-caches',
  reason:
    'Deno looks again at modules that its databases lack; these, and what SQLite keeps beside them, differ with each run.',
  example:
    '/deno-dir/dep_analysis_cache_v2-wal differs; hidden. A module in /deno-dir/npm, /deno-dir/remote or /deno-dir/gen is not.',
  certainty: 'run',
  files:
    /(?:^|\/)(?:deno-dir|\.?deno|\.cache\/deno)\/(?:(?:dep|node)_analysis|(?:fast_)?check)_cache_v\d+(?:-shm|-wal)?$/,
});
