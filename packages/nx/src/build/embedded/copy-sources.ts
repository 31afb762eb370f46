import { InstructionError } from './dockerfile-error.js';
import { baseName, cleanPath, type FileEntry, type Files, followLinks, joinPath } from './files.js';
import { goMatch, hasWildcard } from './go-match.js';

/** One thing that is to be copied. */
export interface Source {
  readonly files: Files;
  /** With links followed: nothing outside of `files` can be meant. */
  readonly path: string;
  readonly entry: FileEntry;
  /** What it is called where it goes to, as the instruction names it. */
  readonly name: string;
}

/**
 * What a source of COPY or ADD stands for, in order of its paths. A pattern may match nothing, a name must be there.
 * Throws `InstructionError` for a name that is not there, links in a circle and a malformed pattern.
 */
export async function findSources(files: Files, written: string, where: string): Promise<Source[]> {
  if (!hasWildcard(written)) {
    const source = await sourceAt(files, cleanPath(written));
    if (source !== undefined) return [source];
    throw new InstructionError(`${where} has no ${JSON.stringify(written)}, or it is ignored`);
  }
  const parts = cleanPath(written).split('/');
  const firstPattern = parts.findIndex(hasWildcard);
  const root = await followLinks(files, parts.slice(0, firstPattern).join('/'));
  const patterns = parts.slice(firstPattern);
  const found = await match(files, root, patterns.map(goMatch));
  const sources = await Promise.all(found.map((path) => sourceAt(files, path)));
  return sources.filter((source) => source !== undefined);
}

async function sourceAt(files: Files, path: string): Promise<Source | undefined> {
  const followed = await followLinks(files, path);
  const entry = await files.get(followed);
  return entry && { files, path: followed, entry, name: baseName(path) };
}

/** Paths that the patterns match, one a level; links to directories are not gone into. */
async function match(
  files: Files,
  directory: string,
  patterns: readonly ((name: string) => boolean)[],
): Promise<string[]> {
  const [matches, ...deeper] = patterns;
  if (matches === undefined || (await files.get(directory))?.type !== 'directory') return [];
  const found: string[] = [];
  for (const name of await files.list(directory)) {
    if (!matches(name)) continue;
    const path = joinPath(directory, name);
    if (deeper.length === 0) found.push(path);
    else found.push(...(await match(files, path, deeper)));
  }
  return found;
}
