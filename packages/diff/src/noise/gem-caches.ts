import type { FileTree, TreeEntry } from '../tree/tree.js';
import { leftBehind } from './left-behind.js';

const PACKED = /^(.*\/)cache\/([^/]+)\.gem$/;

/** What RubyGems and Bundler keep of what they installed. A gem that was only fetched is there for something to install it later. */
export const gemCaches = leftBehind({
  name: 'gem-caches',
  reason:
    'RubyGems keeps the packed gem beside the unpacked one that is loaded, and copies of the index of its server.',
  example:
    '/var/lib/gems/3.1.0/cache/x-1.0.0.gem has other times in it; hidden. A file in /var/lib/gems/3.1.0/gems/x-1.0.0, vendor/cache of a project, or a packed gem that is not installed beside it, is not.',
  certainty: 'run',
  below: /(?:^|\/)(?:(?:\.local\/share\/gem|\.gem)\/specs|\.bundle\/cache)/,
  files: /(?:^|\/)(?:gems|bundle|ruby)\/(?:(?:j?ruby\/)?\d+\.\d+\.\d+\/)?cache\/[^/]+\.gem$/,
  unless: isOnlyPacked,
});

/** Whether it is a packed gem that is not installed beside it. */
function isOnlyPacked({ path }: TreeEntry, tree: FileTree): boolean {
  const [, home = '', name] = PACKED.exec(path) ?? [];
  return name !== undefined && tree.get(`${home}specifications/${name}.gemspec`) === undefined;
}
