import { leftBehind } from './left-behind.js';

/** What RubyGems and Bundler keep of what they installed. */
export const gemCaches = leftBehind({
  name: 'gem-caches',
  reason:
    'RubyGems keeps the packed gem beside the unpacked one that is loaded, and copies of the index of its server.',
  example:
    '/var/lib/gems/3.1.0/cache/x-1.0.0.gem has other times in it; hidden. A file in /var/lib/gems/3.1.0/gems/x-1.0.0, or vendor/cache of a project, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:(?:\.local\/share\/gem|\.gem)\/specs|\.bundle\/cache)/,
  files: /(?:^|\/)(?:gems|bundle|ruby)\/(?:(?:j?ruby\/)?\d+\.\d+\.\d+\/)?cache\/[^/]+\.gem$/,
});
