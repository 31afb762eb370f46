import { posix } from 'node:path';
import type { LayerEntry } from '../layer/entry.js';
import { parentOf } from '../layer/path.js';
import type { Difference } from './differences.js';
import type { PackageKey } from './owners.js';

/**
 * Tells what lies in a folder that is all a package's own, and links from anywhere to such folders of one package. Packages come
 * with the files that say that they are there.
 */
export function packageFolders(
  packages: readonly (readonly [PackageKey, readonly string[]])[],
): (difference: Difference) => boolean {
  const owners = new Map<string, PackageKey>();
  for (const [key, paths] of packages) {
    for (const folder of paths.flatMap(ownFolders)) owners.set(folder, key);
  }
  const ownerOf = (path: string): PackageKey | undefined => {
    for (let folder = gemFolderOf(path); folder !== ''; folder = parentOf(folder)) {
      const owner = owners.get(folder);
      if (owner !== undefined) return owner;
    }
    return undefined;
  };
  const linkedOf = (entry: LayerEntry) => (entry.type === 'symlink' ? ownerOf(targetOf(entry)) : undefined);
  return ({ path, before, after }) => {
    if (ownerOf(path) !== undefined) return true;
    const [first, ...others] = [before, after].filter((entry) => entry !== undefined).map(linkedOf);
    return first !== undefined && others.every((owner) => owner === first);
  };
}

const NPM = /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$/;
/** pnpm puts a package beside links to what it depends on, in a folder named after its version. */
const PNPM = /^(.*\/)?node_modules\/\.pnpm\/[^/]+(?=\/node_modules\/(?:@[^/]+\/)?[^/]+\/package\.json$)/;
const GEM = /^((?:.*\/)?)specifications\/([^/]+)\.gemspec$/;
const GEM_EXTENSION = /^((?:.*\/)?)extensions\/[^/]+\/[^/]+(?=\/[^/]+-\d)/;

/** An npm package has its `package.json` at the top of its folder; a gem's folder is named as its specification. */
function ownFolders(path: string): string[] {
  const [, root, gem] = GEM.exec(path) ?? [];
  if (gem !== undefined) return [`${root}gems/${gem}`];
  return NPM.test(path) ? [PNPM.exec(path)?.[0] ?? parentOf(path)] : [];
}

/** What was compiled of a gem lies in a folder of the same name beside `gems`. */
function gemFolderOf(path: string): string {
  return path.replace(GEM_EXTENSION, '$1gems');
}

function targetOf({ path, linkTarget = '' }: LayerEntry): string {
  return posix.join('/', linkTarget.startsWith('/') ? '' : parentOf(path), linkTarget).slice(1);
}
