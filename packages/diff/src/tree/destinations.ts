import { posix } from 'node:path';

const INSTRUCTION = /^(?:(?:\S+ ){0,8}#\(nop\)\s+)?(COPY|ADD|WORKDIR)\s(.*)$/s;
const BUILD_KIT = '# buildkit';
/** What the classic builder writes in place of the sources: `file:…`, `dir:…` or `multi:…`, then ` in `. */
const CLASSIC_SOURCES = /^(?:--\S+ )*(?:file|dir|multi):\S+ in /;
/** Links in a system with a merged /usr, and /var/run: what is copied to them lies elsewhere. */
const OFTEN_A_LINK = /^(?:s?bin|lib(?:32|64|x32)?|var\/(?:run|lock))(?:\/|$)/;

/** The working directory after a line of history; `undefined` where none before it names one in full. */
export function workingDirAfter(createdBy: string, before: string | undefined): string | undefined {
  const [word, path] = instructionOf(createdBy);
  return word === 'WORKDIR' && path !== undefined ? resolved(path, before) : before;
}

/**
 * The path, without a leading slash, that all that a line of history copied lies at or below; `undefined` where the line does not
 * tell. Does not know of links that an image has in its own folders.
 */
export function copiedTo(createdBy: string, workingDir: string | undefined): string | undefined {
  const [word, words] = instructionOf(createdBy);
  if (word === undefined || word === 'WORKDIR' || words === undefined) return undefined;
  const destination = CLASSIC_SOURCES.test(words) ? words.replace(CLASSIC_SOURCES, '') : lastOf(words);
  const path = resolved(destination, workingDir)?.slice(1);
  return path === undefined || OFTEN_A_LINK.test(path) ? undefined : path;
}

/**
 * The last of BuildKit's words, which it does not quote: of more than two it may be the end of a name with blanks (`a /my dir/`). Then
 * the working directory, if the name lies in that for sure, or nothing.
 */
function lastOf(words: string): string {
  const operands = words.split(/\s+/).filter((word) => !word.startsWith('--'));
  const last = operands.at(-1) ?? '';
  if (operands.length <= 2 || /^(?:\/|\.{1,2}(?:\/|$))/.test(last)) return last;
  return operands.some((word) => word.startsWith('/') || word.includes('..')) ? '' : '.';
}

/** An instruction and its words, without what says which builder wrote them. Takes time by length alone: an image may lie in wait. */
function instructionOf(createdBy: string): readonly [word?: string, words?: string] {
  const line = createdBy.trim();
  const bare = line.endsWith(BUILD_KIT) ? line.slice(0, -BUILD_KIT.length) : line;
  const [, word, words] = INSTRUCTION.exec(bare) ?? [];
  return [word, words?.trim()];
}

function resolved(path: string, workingDir: string | undefined): string | undefined {
  if (path === '' || path.includes('$')) return undefined;
  if (path.startsWith('/')) return posix.resolve(path);
  return workingDir && posix.resolve(workingDir, path);
}
