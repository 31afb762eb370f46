import { isLeftBehind, leftBehind } from './left-behind.js';
import type { TreeRule } from './rule.js';

/** A session of the incremental compiler: the crate and a hash, then the time and a random number. */
const SESSION = String.raw`(?:^|\/)incremental\/\w+-[0-9a-z]{10,16}\/s-[0-9a-z]{8,12}-[0-9a-z]{4,8}`;
/** Empty, and executable since its creator gave it mode 0700. */
const LOCK = new RegExp(String.raw`${SESSION}\.lock$`);

const notes = leftBehind({
  name: 'cargo-build-notes',
  reason:
    'cargo notes in its target folder by which times and compiler it knows what to build again, and rustc keeps sessions named by their time; only they read these.',
  example:
    '/app/target/.rustc_info.json or target/debug/incremental/app-2dxjw87p840na/s-hoeaa4iegn-… differs; hidden. target/release/app, or a library in target/release/deps, is not.',
  certainty: 'run',
  files: new RegExp(
    String.raw`(?:^|\/)\.rustc_info\.json$|(?:^|\/)\.fingerprint\/[\w-]+-[0-9a-f]{16}\/[\w.-]+$|${SESSION}-\w+\/[\w.-]+$`,
  ),
  folders: new RegExp(String.raw`(?:^|\/)\.fingerprint\/[\w-]+-[0-9a-f]{16}$|${SESSION}-\w+$`),
});

/** What cargo and rustc note in a folder that they built in. */
export const cargoBuildNotes: TreeRule = {
  ...notes,
  judge: (entry, tree) => {
    const isLock = LOCK.test(entry.path) && entry.type === 'file' && entry.size === 0 && isLeftBehind(entry, 'run');
    return isLock ? 'drop' : notes.judge(entry, tree);
  },
};
