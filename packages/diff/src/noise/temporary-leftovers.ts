import type { TreeEntry } from '../tree/tree.js';
import { commandsOf, isLeftBehind, isOrdinaryFile } from './left-behind.js';
import type { TreeRule } from './rule.js';

const TEMPORARY_FOLDER = /^((?:var\/)?tmp\/)([^/]+)(\/.+)?$/;

/** Names that only a tool for random names makes. */
const SURELY_RANDOM = [
  // mktemp(1) of coreutils and busybox, but not `tmp.worker`, as it makes once in hundreds of times
  /^tmp\.(?![a-z]+\d*$)[A-Za-z0-9]{6,10}$/,
  // Go
  /^go-(?:build|link-|mod-)\d{6,}$/,
  // npm and yarn
  /^npm-\d+-[0-9a-f]{6,8}$/,
  /^yarn--\d{13}-0\.\d+$/,
  // the JVM
  /^hsperfdata_\w+$/,
];

/** Names that such a tool makes, and people: `tmpdata2024`, `pip-offline-packages`, `train-20240101-2-small`. */
const MAYBE_RANDOM = [
  /^tmp\.[A-Za-z0-9]{6,10}$/,
  // Python's tempfile, also with a suffix, but not `tmp_uploads`
  /^tmp(?!_[a-z]+\d*(?:\.|$))(?=[a-z0-9_]*[0-9_])[a-z0-9_]{8}(?:\.[a-z]{1,5})?$/,
  // pip
  /^pip-[a-z-]+-[a-z0-9_]{8}$/,
  // Ruby's Dir.mktmpdir and Tempfile
  /^[\w.-]*\d{8}-\d+-[a-z0-9]{4,8}$/,
];

/** `arm64v8`, `int8fp16`, `utf8mb4`: names with a number of bits in them. */
const WITH_BITS = /^[a-z]+(?:8|16|32|64|128|256|512)[a-z]+[0-9]*$/;

/** Whether only its owner may open it, as whatever makes random names makes them. */
function isPrivate(made: TreeEntry | undefined): boolean {
  return made !== undefined && (made.mode & 0o7777) === (made.type === 'directory' ? 0o700 : 0o600);
}

/** `build.KinEMo`: mktemp's random end after a name of one's own. Words, versions and names in camel case are not surely random. */
function hasRandomEnd(name: string): boolean {
  const end = /[.\-_]([A-Za-z0-9]{6,12})$/.exec(name)?.[1];
  if (end === undefined) return false;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/].filter((kind) => kind.test(end)).length;
  const isWord =
    /^(?:[A-Za-z]?[a-z]+|[A-Z]+)[0-9]*$|^[A-Za-z]?[a-z]+(?:[A-Z][a-z]+)+[0-9]*$|^v?[0-9]+[a-z]*[0-9]*$|^[0-9a-f]+$/.test(
      end,
    );
  return classes >= 2 && !isWord && !WITH_BITS.test(end);
}

/**
 * `build.nkecfo`, as one random end in fourteen looks: the command that left it names this template
 * (`mktemp /tmp/build.XXXXXX`).
 */
function isFromTemplate(name: string, made: TreeEntry | undefined): boolean {
  const command = made?.layer.history?.createdBy ?? '';
  if (!/\bmktemp\b/.test(command)) return false;
  return [...command.matchAll(/([\w.-]*?)(X{3,})([\w.-]*)/g)].some(
    ([, start = '', random = '', end = '']) =>
      name.startsWith(start) &&
      name.endsWith(end) &&
      name.length === start.length + random.length + end.length &&
      /^[A-Za-z0-9]+$/.test(name.slice(start.length, start.length + random.length)),
  );
}

/** A script chooses names such as `world-GeoJSON`, too, but has no reason to keep others out of them. */
function looksRandom(name: string, made: TreeEntry | undefined): boolean {
  if (!isPrivate(made)) return false;
  return MAYBE_RANDOM.some((pattern) => pattern.test(name)) || hasRandomEnd(name) || isFromTemplate(name, made);
}

/** What a build left in /tmp and /var/tmp under random names. */
export const temporaryLeftovers: TreeRule = {
  kind: 'tree',
  name: 'temporary-leftovers',
  reason: 'A name that was made at random during the build is known to nothing that runs later.',
  example:
    '/tmp/tmp.Apapod became /tmp/tmp.OBFehC, or /tmp/build.nkecfo became /tmp/build.worker where the command says mktemp /tmp/build.XXXXXX; hidden. /tmp/app/worker.sh, /tmp/tmp.worker, what a Dockerfile copies to /tmp, a name that the command has, one that only looks random and that others may open, or another program under a random name, is not.',
  default: true,
  judge: (entry, tree) => {
    const [, folder, name, rest = ''] = TEMPORARY_FOLDER.exec(entry.path) ?? [];
    if (folder === undefined || name === undefined || !isLeftBehind(entry, 'run')) return 'keep';
    // What the command calls by its name was not made at random.
    if (commandsOf(entry).some((command) => command.includes(name))) return 'keep';
    const isRandom = SURELY_RANDOM.some((pattern) => pattern.test(name)) || looksRandom(name, tree.get(folder + name));
    if (!isRandom) return 'keep';
    if (entry.type === 'directory' || isOrdinaryFile(entry)) return 'drop';
    return { path: `${folder}(random)${rest}` };
  },
};
