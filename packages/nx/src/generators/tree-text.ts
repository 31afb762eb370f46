import type { Tree } from '@nx/devkit';

/** The text of a file, or nothing where there is none. */
export function readText(tree: Tree, path: string): string {
  return tree.isFile(path) ? (tree.read(path, 'utf8') ?? '') : '';
}

/** JSON of a file; `undefined` where there is none, or no JSON in it. */
export function readJsonIfThere<T extends object>(tree: Tree, path: string): T | undefined {
  try {
    return JSON.parse(readText(tree, path)) as T;
  } catch {
    return undefined;
  }
}

/**
 * Adds the lines that a file such as `.gitignore` lacks, below a comment, in the file's own line ends. `isCovered` says whether a line
 * of the file does the work of a new one. A file that has them all is not touched.
 */
export function addLines(
  tree: Tree,
  path: string,
  comment: string,
  lines: readonly string[],
  isCovered: (line: string, wanted: string) => boolean,
): void {
  const before = readText(tree, path);
  const eol = before.includes('\r\n') ? '\r\n' : '\n';
  const present = before.split(/\r?\n/).map((line) => line.trim());
  const missing = lines.filter((wanted) => !present.some((line) => line === wanted || isCovered(line, wanted)));
  if (missing.length === 0) return;
  const end = before === '' || before.endsWith('\n') ? '' : eol;
  const gap = before.trim() === '' ? '' : eol;
  tree.write(path, before + end + gap + [comment, ...missing].map((line) => line + eol).join(''));
}
