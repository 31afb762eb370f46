import type { TargetConfiguration } from '@nx/devkit';
import { imageInputsName } from '../options/names.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { baseToken, builderToken, filesToken, requestToken, rulesToken, runToken } from '../options/token-names.js';
import { folderContexts } from './build-contexts.js';
import type { ContainerSettings } from './container-settings.js';
import { cleanPath, contextInputs, madeFiles } from './context-inputs.js';
import type { DockerfileFacts } from './dockerfile.js';
import { contextSources } from './dockerfile-values.js';
import { pinsOutput } from './versions-targets.js';

export interface ContainerInWorkspace {
  readonly root: string;
  readonly key: string;
  readonly settings: ContainerSettings;
  readonly facts: DockerfileFacts;
  /** Where sources of the Dockerfile lead that are links, from the workspace root. */
  readonly linked: readonly string[];
  /** Folders of git's submodules that have a part of it. */
  readonly submodules: readonly string[];
  /** Images that it is built on, ARGs filled in. */
  readonly bases: readonly string[];
  /** Whether the workspace defines the named input `production`. */
  readonly hasProduction: boolean;
}

export type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** Named inputs of a container project: written once, because Nx keeps where each line of each target came from. */
export function containerInputs(
  container: ContainerInWorkspace,
  options: NormalizedPluginOptions,
): Record<string, Inputs> {
  return { [imageInputsName]: imageInputs(container, options) };
}

/** What the image of a container is made from: its own named input, and its dependencies. */
export function sourceInputs(container: ContainerInWorkspace): Inputs {
  return [imageInputsName, `^${namedInput(container)}`];
}

/** What a decision to publish depends on beyond the sources: tokens, and what other tasks make. */
export function publishInputs({ bases, key, settings, facts }: ContainerInWorkspace): Inputs {
  const tokens = [
    ...bases.map(baseToken),
    requestToken(key),
    filesToken(key),
    rulesToken,
    builderToken(settings.builder),
    runToken,
  ];
  const made = madeFiles(contextSources(facts, settings.buildArgs), settings.context);
  return [
    ...tokens.map((env) => ({ env })),
    { dependentTasksOutputFiles: pinsOutput },
    ...made.map((glob) => ({ dependentTasksOutputFiles: glob, transitive: true })),
  ];
}

function namedInput({ hasProduction }: ContainerInWorkspace): string {
  return hasProduction ? 'production' : 'default';
}

/**
 * What an image is made of, in its project and around it. Dependencies are named by the targets, since Nx lets no named input do so.
 * `externalDependencies: []` keeps the project's own packages, which come with the `^` input, and keeps Nx from adding every package of the
 * lockfile, as it does for executors that are not its own (nrwl/nx #15116).
 */
function imageInputs(container: ContainerInWorkspace, options: NormalizedPluginOptions): Inputs {
  const { root, settings, facts } = container;
  const sources = contextSources(facts, settings.buildArgs);
  const { context, dockerfile } = settings;
  // The image's own folder is covered, but `production` may leave out what the builder reads.
  const read = [
    dockerfile,
    `${dockerfile}.dockerignore`,
    context === '' ? '.dockerignore' : `${context}/.dockerignore`,
  ];
  const files = [
    ...contextInputs(sources, context),
    ...contextInputs([...folderContexts(settings.buildContexts), ...container.linked], ''),
    // Nx selects by the files that git says have changed.
    ...container.submodules.map((path) => `{workspaceRoot}/${path}`),
    ...read.map((path) => `{workspaceRoot}/${path}`),
  ];
  const inputs: Inputs = [namedInput(container), ...new Set(files)];
  // A pin is no part of an image, even where the image takes in the folder that the pins lie in.
  const own = cleanPath(root) === '' ? '' : `${cleanPath(root)}/`;
  for (const path of [options.versionsFile, options.varsFile]) {
    if (files.some((input) => covers(input, path))) inputs.push(`!{workspaceRoot}/${path}`);
    if (path.startsWith(own)) inputs.push(`!{projectRoot}/${path.slice(own.length)}`);
  }
  inputs.push({ externalDependencies: [] });
  return inputs;
}

/** Whether an input names this file, or may by a pattern. */
function covers(input: string, path: string): boolean {
  const folder = input.slice('{workspaceRoot}/'.length).replace(/[^/]*[*?[\\].*$/, '');
  return path.startsWith(folder) && (folder !== '' || input.includes('*'));
}
