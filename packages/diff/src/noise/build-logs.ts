import { baseOf, parentOf } from '../layer/path.js';
import type { FileTree, TreeEntry } from '../tree/tree.js';
import { isMover, isOfData, pipelinesOf } from './commands.js';
import { leftBehind, linesOf } from './left-behind.js';

/** Logs of whatever ran in a RUN line. An empty one tells of nothing: it was made for a program that writes to it, or `tail`s it. */
export const buildLogs = leftBehind({
  name: 'build-logs',
  reason: 'A log that a RUN left in /var/log tells of the build.',
  example:
    '/var/log/install.log, written by a RUN; hidden. The same file copied by the Dockerfile, or fetched, unpacked or copied there by the command, an empty one, one that decides who may write to it, a link, or a file that is no log, is not.',
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
 * Whether the command names it, or a folder of logs that it lies in, in a copy or a download, or all that it writes to it are words of
 * its own, or what it reads or fetches: then it is data.
 */
function isPutThere(entry: TreeEntry): boolean {
  const named = namesOf(entry.path);
  const written = new RegExp(String.raw`(?:>|^tee\b)[^>]*(?:${named})`);
  const put = new RegExp(`^[^>]*(?:${named})`);
  return linesOf(entry).some((line) => {
    const pipelines = pipelinesOf(line);
    const writing = pipelines.filter((stages) => stages.some(({ text }) => written.test(text)));
    const isAllData = writing.length > 0 && writing.every((stages) => stages.every(isOfData));
    return isAllData || pipelines.flat().some((stage) => isMover(stage) && put.test(stage.text));
  });
}

/** A pattern of the names that are this log's: its own, its folder's, and those of the folders around it up to /var/log, where they end so. */
function namesOf(path: string): string {
  const folder = parentOf(path);
  const names = [baseOf(path), ...(folder === 'var/log' ? [] : [`/${folder}`])].map(escaped);
  for (let around = folder; around.startsWith('var/log'); around = parentOf(around))
    names.push(String.raw`/${escaped(around)}/?(?:["'\s]|$)`);
  return names.join('|');
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
