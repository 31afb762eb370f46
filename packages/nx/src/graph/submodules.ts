import { join } from 'node:path';
import { readText } from './read-text.js';

/** Folders of git's submodules, from the workspace root; none where that is not the top of the work tree. */
export function submodules(workspaceRoot: string): string[] {
  const text = readText(join(workspaceRoot, '.gitmodules')) ?? '';
  return [...text.matchAll(/^\s*path\s*=\s*"?(.+?)"?\s*$/gm)].map(([, path = '']) => path);
}

/** Those in which one of these paths lies. To git, what changes in one is a change of its folder. */
export function submodulesAround(folders: readonly string[], paths: readonly string[]): string[] {
  return folders.filter((folder) => paths.some((path) => path.startsWith(`${folder}/`)));
}
