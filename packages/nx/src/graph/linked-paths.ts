import { lstatSync, readlinkSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Links that lead to links are followed so far. */
const maxLinks = 8;

/**
 * Where the links among these paths lead; all paths are from the workspace root. A builder copies what a link that it is given leads to; a
 * link inside a folder that it copies stays a link. What leads out of the workspace is left out, as builders refuse it.
 */
export function linkedPaths(workspaceRoot: string, paths: readonly string[]): string[] {
  const found = new Set<string>();
  for (const path of paths) {
    let at = path;
    for (let links = 0; links < maxLinks; links++) {
      const target = readLink(join(workspaceRoot, at));
      if (target === undefined || target.startsWith('/')) break;
      at = posix.join(posix.dirname(at), target);
      if (at.startsWith('..')) break;
      found.add(at === '.' ? '' : at);
    }
  }
  return [...found];
}

function readLink(path: string): string | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
