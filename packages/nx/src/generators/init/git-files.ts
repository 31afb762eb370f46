import { basename } from 'node:path';
import type { Tree } from '@nx/devkit';
import { layoutsFolder } from '../../options/container-options.js';
import type { NormalizedPluginOptions } from '../../options/plugin-options.js';
import { addLines } from '../tree-text.js';

/** Keeps out of git, and so out of Nx's hashes: images, records, and what a run that is killed leaves beside the version files. */
export function ignoreGenerated(tree: Tree, { versionsFile, varsFile }: NormalizedPluginOptions): void {
  const versions = basename(versionsFile);
  addLines(
    tree,
    '.gitignore',
    '# @image-versions/nx',
    [layoutsFolder, 'dist', `.${versions}.lock*`, `.${versions}.tmp-*`, `.${basename(varsFile)}.tmp-*`],
    (line, wanted) => bareFolder(line) === wanted,
  );
}

// `/dist/`, `**/dist` and `dist` all ignore the one in the root.
function bareFolder(line: string): string {
  return line.replace(/^(\*\*)?\//, '').replace(/\/(\*\*?)?$/, '');
}

/** Shells read both version files, on every system; and the one that is generated is nothing to review. */
export function forceLineEnds(tree: Tree, { versionsFile, varsFile }: NormalizedPluginOptions): void {
  addLines(
    tree,
    '.gitattributes',
    '# @image-versions/nx',
    [`/${versionsFile} text eol=lf`, `/${varsFile} text eol=lf linguist-generated`],
    (line, wanted) => /\beol=lf\b/.test(line) && `/${pattern(line).replace(/^\//, '')}` === pattern(wanted),
  );
}

function pattern(line: string): string {
  return line.split(/\s/, 1)[0] ?? '';
}
