import type { Tree } from '@nx/devkit';
import type { Manifests, ProjectManifest } from '../graph/container-settings.js';
import { readJsonIfThere } from './tree-text.js';

/** `project.json` and `package.json` of a folder, out of the tree. */
export function manifestsOf(tree: Tree, root: string): Manifests {
  return {
    projectJson: readJsonIfThere<ProjectManifest>(tree, inFolder(root, 'project.json')),
    packageJson: readJsonIfThere<ProjectManifest>(tree, inFolder(root, 'package.json')),
  };
}

/** A path in a folder of the workspace; `.` is the workspace root. */
export function inFolder(root: string, path: string): string {
  return root === '.' ? path : `${root}/${path}`;
}

/** What a generator has to say of a container that its files don't. */
export interface ProjectSettings {
  /** For a `project.json` that is made; one that is there keeps its name. */
  readonly name: string;
  readonly publishTarget: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Writes options of the publish target where the project has its settings: `project.json`, else the `nx` field of `package.json`, else a
 * new `project.json`. The same options a second time change nothing.
 */
export function writeProjectSettings(tree: Tree, root: string, settings: ProjectSettings): void {
  const { projectJson, packageJson } = manifestsOf(tree, root);
  if (projectJson !== undefined || packageJson === undefined) {
    const before = projectJson ?? { name: settings.name };
    write(tree, inFolder(root, 'project.json'), withOptions(before, settings), projectJson);
  } else {
    const nx = withOptions(packageJson.nx ?? {}, settings);
    write(tree, inFolder(root, 'package.json'), { ...packageJson, nx }, packageJson);
  }
}

function withOptions<T extends Pick<ProjectManifest, 'targets'>>(before: T, settings: ProjectSettings): T {
  const { publishTarget, options } = settings;
  if (Object.keys(options).length === 0) return before;
  const target = before.targets?.[publishTarget];
  const merged = { ...target, options: { ...target?.options, ...options } };
  return { ...before, targets: { ...before.targets, [publishTarget]: merged } };
}

function write(tree: Tree, path: string, after: object, before: object | undefined): void {
  if (JSON.stringify(after) !== JSON.stringify(before)) tree.write(path, `${JSON.stringify(after, null, 2)}\n`);
}
