import { baseOf, parentOf } from '../layer/path.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';
import { commandsOf, leftBehind } from './left-behind.js';

/** Logs of whatever ran in a RUN line. An empty one tells of nothing: it was made for a program that writes to it, or `tail`s it. */
export const buildLogs = leftBehind({
  name: 'build-logs',
  reason: 'A log that a RUN left in /var/log tells of the build.',
  example:
    '/var/log/install.log, written by a RUN; hidden. The same file copied by the Dockerfile, or fetched or copied there by the command, an empty one, one that decides who may write to it, a link, or a file that is no log, is not.',
  certainty: 'run',
  // Kafka's data lies in files of twenty digits.
  files: /^var\/log\/(?:.+\/)?(?!\d{20}\.log$)[^/]+\.log(?:[.-]\d+)?(?:\.(?:gz|xz|bz2))?$/,
  unless: (entry, tree) => entry.size === 0 || decidesWhoWrites(entry, tree) || isPutThere(entry),
});

const OTHERS_WRITE = 0o022;

/**
 * Whether a program of another user than root can write this log because it is there, or cannot because it is there: were it gone,
 * who may write to its folder would make it.
 */
function decidesWhoWrites({ path, mode, uid }: TreeEntry, tree: FileTree): boolean {
  const folder = tree.get(parentOf(path)) ?? { uid: 0, mode: 0o755 };
  const othersMakeIt = (folder.mode & OTHERS_WRITE) !== 0;
  if ((mode & OTHERS_WRITE) !== 0) return true;
  return uid === 0 ? folder.uid !== 0 || othersMakeIt : folder.uid !== uid && !othersMakeIt;
}

/**
 * Whether the command names it, or its own folder, in a copy or a download, or all that it writes to it are words of its own: then it is
 * data.
 */
function isPutThere(entry: TreeEntry): boolean {
  const folder = parentOf(entry.path);
  const names = [baseOf(entry.path), ...(folder === 'var/log' ? [] : [`/${folder}`])].map(escaped).join('|');
  const puts = new RegExp(
    String.raw`(?:^|-c|sudo|then|do)\s*(?:cp|mv|ln|install|curl|wget|tar|unzip|rsync)\s[^>]*(?:${names})`,
  );
  const writes = new RegExp(String.raw`(?:>|\btee\b)[^>]*(?:${names})`);
  const says = new RegExp(String.raw`(?:^|-c|then|do)\s*(?:echo|printf)\s[^$\x60]*>[^>]*(?:${names})`);
  return commandsOf(entry).some((command) => {
    const parts = command.split(/[;&|\n]/);
    const writing = parts.filter((part) => writes.test(part));
    return parts.some((part) => puts.test(part)) || (writing.length > 0 && writing.every((part) => says.test(part)));
  });
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
