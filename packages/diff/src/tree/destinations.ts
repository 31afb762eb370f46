import { posix } from 'node:path';

/** The words of an instruction in a line of history, without what says which builder wrote it. */
const INSTRUCTION = /^(?:(?:\S+ ){0,8}#\(nop\)\s+)?(COPY|ADD|WORKDIR)\s+(.*?)\s*(?:# buildkit)?\s*$/s;
/** What the classic builder writes in place of the sources: `file:…`, `dir:…` or `multi:…`, then ` in `. */
const CLASSIC_SOURCES = /^(?:--\S+ )*(?:file|dir|multi):\S+ in /;
/** Links in a system with a merged /usr, and /var/run: what is copied to them lies elsewhere. */
const OFTEN_A_LINK = /^(?:s?bin|lib(?:32|64|x32)?|var\/(?:run|lock))(?:\/|$)/;

/** The working directory after a line of history; `undefined` where none before it names one in full. */
export function workingDirAfter(createdBy: string, before: string | undefined): string | undefined {
  const [, word, path] = INSTRUCTION.exec(createdBy.trim()) ?? [];
  return word === 'WORKDIR' && path !== undefined ? resolved(path, before) : before;
}

/**
 * The path, without a leading slash, that all that a line of history copied lies at or below; `undefined` where the line does not
 * tell. Does not know of links that an image has in its own folders.
 */
export function copiedTo(createdBy: string, workingDir: string | undefined): string | undefined {
  const [, word, words] = INSTRUCTION.exec(createdBy.trim()) ?? [];
  if (word === undefined || word === 'WORKDIR' || words === undefined) return undefined;
  const destination = CLASSIC_SOURCES.test(words) ? words.replace(CLASSIC_SOURCES, '') : words.split(/\s+/).at(-1);
  const path = resolved(destination ?? '', workingDir)?.slice(1);
  return path === undefined || OFTEN_A_LINK.test(path) ? undefined : path;
}

function resolved(path: string, workingDir: string | undefined): string | undefined {
  if (path === '' || path.includes('$')) return undefined;
  if (path.startsWith('/')) return posix.resolve(path);
  return workingDir && posix.resolve(workingDir, path);
}
