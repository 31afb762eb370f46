import { basename, dirname } from 'node:path';
import { getProjects, type Tree, visitNotIgnoredFiles } from '@nx/devkit';
import { ImageVersionsError } from '../../errors.js';
import { manifestName, nameByFolder } from '../../graph/project-name.js';
import { isGenerated } from '../../store/vars-file.js';
import { manifestsOf } from '../project-file.js';
import { readText } from '../tree-text.js';
import type { FoundDockerfile } from './match-images.js';

/** What of the old system there is. Paths are relative to the workspace. */
export interface OldFiles {
  readonly versionsFile: string | undefined;
  /** Where the old script is, and where the generated file will be. */
  readonly varsScript: { readonly path: string; readonly target: string } | undefined;
  readonly dockerfiles: readonly FoundDockerfile[];
}

/** Finds the files of the old system, each by its option or else by its name. Error `invalid` where an option names none. */
export function findOldFiles(
  tree: Tree,
  options: { readonly versionsFile?: string; readonly varsFile?: string },
): OldFiles {
  const files: string[] = [];
  visitNotIgnoredFiles(tree, '.', (path) => {
    if (!path.split('/').includes('node_modules')) files.push(path);
  });
  const versionsFile = findVersionsFile(tree, files, options.versionsFile);
  const target = options.varsFile ?? scriptTarget(files);
  return { versionsFile, varsScript: findScript(tree, target), dockerfiles: findDockerfiles(tree, files) };
}

/** What the old script is called once the generated file has its place. */
export function oldName(path: string): string {
  return path.replace(/(\.[^./]*)?$/, '.old$1');
}

function scriptTarget(files: readonly string[]): string | undefined {
  const found = files.filter((path) => ['image_vars.src', 'image_vars.old.src'].includes(basename(path)));
  const targets = [...new Set(found.map((path) => path.replace(/image_vars\.old\.src$/, 'image_vars.src')))];
  if (targets.length > 1) throw severalFound('varsFile', targets);
  return targets[0];
}

/** A script that an earlier import moved away counts as well, so that a second one changes nothing. */
function findScript(tree: Tree, target: string | undefined): OldFiles['varsScript'] {
  if (target === undefined) return undefined;
  const candidates = [target, oldName(target)].filter((path) => tree.isFile(path));
  const path = candidates.find((candidate) => !isGenerated(readText(tree, candidate)));
  if (path !== undefined) return { path, target };
  if (candidates.length > 0) return undefined;
  throw new ImageVersionsError(
    'invalid',
    `varsFile: expected the vars script of the old system; there is no ${target}`,
    {
      hint: 'Give its path from the workspace root.',
    },
  );
}

function findVersionsFile(tree: Tree, files: readonly string[], given: string | undefined): string | undefined {
  if (given !== undefined) {
    if (tree.isFile(given)) return given;
    throw new ImageVersionsError('invalid', `versionsFile: expected a file of the old system; there is no ${given}`, {
      hint: 'Give its path from the workspace root.',
    });
  }
  const found = files.filter((path) => basename(path) === 'image_versions.src');
  if (found.length > 1) throw severalFound('versionsFile', found);
  return found[0];
}

function severalFound(option: string, paths: readonly string[]): ImageVersionsError {
  return new ImageVersionsError('invalid', `There are several: ${paths.join(', ')}`, {
    hint: `Say which by --${option}=<path>.`,
  });
}

function findDockerfiles(tree: Tree, files: readonly string[]): FoundDockerfile[] {
  const found = files.filter((path) => basename(path) === 'Dockerfile').sort();
  const names = new Map<string, string>();
  const unnamed: string[] = [];
  for (const root of found.map(dirname)) {
    const name = manifestName(root, manifestsOf(tree, root));
    if (name === undefined) unnamed.push(root);
    else names.set(root, name);
  }
  const taken = new Set([...names.values(), ...getProjects(tree).keys()]);
  for (const [root, name] of nameByFolder(unnamed, taken)) names.set(root, name);
  return found.map((path) => ({ path, root: dirname(path), project: names.get(dirname(path)) ?? dirname(path) }));
}
