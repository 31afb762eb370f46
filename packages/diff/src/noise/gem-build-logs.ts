import { leftBehind } from './left-behind.js';

/** How the native extensions of gems were built. */
export const gemBuildLogs = leftBehind({
  name: 'gem-build-logs',
  reason:
    'RubyGems logs how it built an extension, with the random names of its folders, and makes a page of documentation of its Makefile; nothing reads these back.',
  example:
    'extensions/x86_64-linux/3.1.0/x-1.0.0/gem_make.out differs; hidden. The x.so beside it, or gem.build_complete, is not.',
  certainty: 'tool',
  files:
    /(?:^|\/)(?:extensions\/[^/]+\/[^/]+\/[^/]+\/(?:gem_make\.out|mkmf\.log)|gems\/[^/]+\/ext\/(?:.+\/)?mkmf\.log|doc\/[^/]+\/ri\/ext\/(?:.+\/)?page-(?:Makefile|mkmf_log)\.ri)$/,
});
