import { getProjects, type Tree } from '@nx/devkit';
import { ImageVersionsError } from '../../errors.js';
import { folderName, nameByFolder } from '../../graph/project-name.js';
import { inFolder, manifestsOf } from '../project-file.js';
import { readText } from '../tree-text.js';
import type { ProjectFolder } from './kinds/kind.js';

/** Which folder is meant: of a project, by its name, or by its path. Error `invalid`. */
export function rootOf(tree: Tree, options: { readonly project?: string; readonly directory?: string }): string {
  if (options.project) {
    const project = getProjects(tree).get(options.project);
    if (project) return project.root;
    throw new ImageVersionsError('invalid', `No project.json or package.json names a project ${options.project}`, {
      hint: 'Name its folder instead: nx g @image-versions/nx:container <folder>.',
    });
  }
  const root = (options.directory ?? '').replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
  if (options.directory && !root.split('/').includes('..')) return root === '' ? '.' : root;
  throw new ImageVersionsError(
    'invalid',
    options.directory
      ? `directory: expected a folder of the workspace, got ${JSON.stringify(options.directory)}`
      : 'Which container? Neither a folder nor a project is given',
    { hint: 'nx g @image-versions/nx:container <folder> --kind=node, or --project=<name>.' },
  );
}

/** The folder as the kinds see it. */
export function projectFolder(tree: Tree, root: string): ProjectFolder {
  const { projectJson, packageJson } = manifestsOf(tree, root);
  const scripts = (packageJson as { scripts?: Record<string, string> } | undefined)?.scripts;
  const targets = { ...scripts, ...packageJson?.nx?.targets, ...projectJson?.targets };
  return {
    root,
    isNew: root !== '.' && tree.children(root).every((name) => name.startsWith('.') || name === 'Dockerfile'),
    hasBuild: targets.build !== undefined,
    has: (path) => tree.exists(inFolder(root, path)),
    read: (path) => readText(tree, inFolder(root, path)),
    workspaceHas: (path) => tree.exists(path),
  };
}

/** A name for a folder that has no manifest, if another project has its name; `undefined` where the plugin can name it. */
export function nameIfTaken(tree: Tree, root: string): string | undefined {
  const { projectJson, packageJson } = manifestsOf(tree, root);
  if (root === '.' || projectJson !== undefined || packageJson !== undefined) return undefined;
  const taken = new Set(getProjects(tree).keys());
  return taken.has(folderName(root)) ? nameByFolder([root], taken).get(root) : undefined;
}
