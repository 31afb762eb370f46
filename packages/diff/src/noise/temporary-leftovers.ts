import { isLeftBehind, isOrdinaryFile } from './left-behind.js';
import type { TreeRule } from './rule.js';

const TEMPORARY_FOLDER = /^(?:var\/)?tmp\/([^/]+)(\/.+)?$/;

/** Names that only a tool for random names makes. */
const SURELY_RANDOM = [
  // mktemp(1) of coreutils and busybox
  /^tmp\.[A-Za-z0-9]{6,10}$/,
  // Python's tempfile
  /^tmp(?=[a-z0-9_]*[0-9_])[a-z0-9_]{8}$/,
  // pip
  /^pip-[a-z-]+-[a-z0-9_]{8}$/,
  // Go
  /^go-(?:build|link-|mod-)\d{6,}$/,
  // Ruby's Dir.mktmpdir and Tempfile
  /^[\w.-]*\d{8}-\d+-[a-z0-9]{4,8}$/,
  // npm and yarn
  /^npm-\d+-[0-9a-f]{6,8}$/,
  /^yarn--\d{13}-0\.\d+$/,
  // the JVM
  /^hsperfdata_\w+$/,
];

/** `build.KinEMo`: mktemp's random end after a name of one's own. Words, versions and names in camel case are not random. */
function hasRandomEnd(name: string): boolean {
  const end = /[.\-_]([A-Za-z0-9]{6,12})$/.exec(name)?.[1];
  if (end === undefined) return false;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(end)).length;
  const isWord =
    /^(?:[A-Za-z]?[a-z]+|[A-Z]+)[0-9]*$|^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)+[0-9]*$|^v?[0-9]+[a-z]*[0-9]*$|^[0-9a-f]+$/.test(
      end,
    );
  return classes >= 2 && !isWord;
}

/** What a build left in /tmp and /var/tmp under random names. */
export const temporaryLeftovers: TreeRule = {
  kind: 'tree',
  name: 'temporary-leftovers',
  reason: 'A name that was made at random during the build is known to nothing that runs later.',
  example:
    '/tmp/tmp.Apapod became /tmp/tmp.OBFehC; hidden. /tmp/app/worker.sh, what a Dockerfile copies to /tmp, or another program under a random name, is not.',
  default: true,
  judge: (entry) => {
    const match = TEMPORARY_FOLDER.exec(entry.path);
    const name = match?.[1];
    if (name === undefined || !isLeftBehind(entry, 'run')) return 'keep';
    if (!SURELY_RANDOM.some((pattern) => pattern.test(name)) && !hasRandomEnd(name)) return 'keep';
    if (entry.type === 'directory' || isOrdinaryFile(entry)) return 'drop';
    const folder = entry.path.slice(0, entry.path.indexOf(name));
    return { path: `${folder}(random)${match?.[2] ?? ''}` };
  },
};
