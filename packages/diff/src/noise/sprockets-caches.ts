import type { FileTree, TreeEntry } from '../tree/tree.js';
import { leftBehind } from './left-behind.js';
import type { TreeRule } from './rule.js';
import { MANIFEST } from './sprockets-manifest.js';

const caches = leftBehind({
  name: 'sprockets-caches',
  reason:
    'Sprockets compiles again what its cache lacks, and finds its manifest by the start of the name, which ends at random.',
  example:
    '/rails/tmp/cache/assets/sprockets/v4.0.0/…, left by a RUN, or .sprockets-manifest-5a5e….json under another name; hidden. What the manifest says, an asset in public/assets, or the order of two manifests in one folder, is not.',
  certainty: 'run',
  below: /(?:^|\/)tmp\/cache\/assets\/sprockets\/v\d[\d.]*/,
});

/** What Sprockets leaves of compiling assets: its cache, and the random name of its manifest, wherever that came from. */
export const sprocketsCaches: TreeRule = {
  ...caches,
  judge: (entry, tree) => {
    if (entry.type !== 'file' || !MANIFEST.test(entry.path)) return caches.judge(entry, tree);
    return isOnlyManifest(entry, tree) ? { path: entry.path.replace(RANDOM, '(random).json') } : 'keep';
  },
};

const RANDOM = /[0-9a-f]{32}\.json$/;

/** Names looked at beside a manifest; of more nothing is said. */
const LOOKED_AT = 16;

/** Of several in one folder, the first by name is used. */
function isOnlyManifest({ path }: TreeEntry, tree: FileTree): boolean {
  let looked = 0;
  for (const other of tree.startingWith(path.replace(RANDOM, ''))) {
    looked += 1;
    const isAnother = other.path !== path && other.path.length === path.length && MANIFEST.test(other.path);
    if (isAnother || looked > LOOKED_AT) return false;
  }
  return true;
}
