import type { TargetConfiguration } from '@nx/devkit';
import { imageInputsName, packageName, recordsFolder } from '../options/names.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { baseToken, builderToken, filesToken, requestToken, rulesToken, runToken } from '../options/token-names.js';
import { folderContexts } from './build-contexts.js';
import type { ContainerSettings } from './container-settings.js';
import { cleanPath, contextInputs, madeFiles } from './context-inputs.js';
import type { DockerfileFacts } from './dockerfile.js';
import { contextSources } from './dockerfile-values.js';
import { pinsOutput, pinsProject } from './versions-targets.js';

export interface ContainerInWorkspace {
  readonly root: string;
  readonly key: string;
  readonly settings: ContainerSettings;
  readonly facts: DockerfileFacts;
  /** Where sources of the Dockerfile lead that are links, from the workspace root. */
  readonly linked: readonly string[];
  /** Images that it is built on, ARGs filled in. */
  readonly bases: readonly string[];
  /** Whether the workspace defines the named input `production`. */
  readonly hasProduction: boolean;
}

type Inputs = NonNullable<TargetConfiguration['inputs']>;

/** Named inputs of a container project: written once, because Nx keeps where each line of each target came from. */
export function containerInputs(
  container: ContainerInWorkspace,
  options: NormalizedPluginOptions,
): Record<string, Inputs> {
  return { [imageInputsName]: imageInputs(container, options) };
}

/** The five targets of a container project. */
export function containerTargets(
  container: ContainerInWorkspace,
  options: NormalizedPluginOptions,
): Record<string, TargetConfiguration> {
  const { targets } = options;
  const inputs = [imageInputsName, `^${namedInput(container)}`];
  const needsSources = { dependsOn: ['build', '^build'] };
  const target = (name: string, rest: TargetConfiguration): TargetConfiguration => ({
    executor: `${packageName}:${name}`,
    ...rest,
  });
  const versionFiles: Inputs = [`{workspaceRoot}/${options.versionsFile}`, { externalDependencies: [] }];
  return {
    [targets.build]: target('build-image', {
      cache: false,
      inputs,
      ...needsSources,
      metadata: { description: 'Builds the image and loads it into the engine' },
    }),
    [targets.diff]: target('diff-image', {
      cache: false,
      inputs,
      ...needsSources,
      metadata: {
        description: 'Builds the image and compares it with the version it stands at; changes nothing',
      },
    }),
    [targets.publish]: target('publish-image', {
      cache: true,
      options: publishOptions(container, options),
      inputs: [
        ...inputs,
        ...[
          ...container.bases.map(baseToken),
          requestToken(container.key),
          filesToken(container.key),
          rulesToken,
          builderToken(container.settings.builder),
          runToken,
        ].map((env) => ({ env })),
        { dependentTasksOutputFiles: pinsOutput },
        ...madeFiles(contextSources(container.facts, container.settings.buildArgs), container.settings.context).map(
          (glob) => ({ dependentTasksOutputFiles: glob, transitive: true }),
        ),
      ],
      outputs: [`{workspaceRoot}/${recordsFolder}/{projectName}.json`],
      dependsOn: [...needsSources.dependsOn, { projects: [pinsProject.name], target: targets.pins }],
      metadata: {
        description: 'Builds the image; publishes it if its content changed, keeps it at its version if not',
      },
    }),
    [targets.pin]: target('pin', {
      cache: false,
      inputs: versionFiles,
      metadata: { description: 'Tags the published image with a version and pins it there' },
    }),
    [targets.unpin]: target('unpin', {
      cache: false,
      inputs: versionFiles,
      metadata: { description: 'Removes the pin; the next publish builds the image afresh' },
    }),
  };
}

/** What the publish target is given, and the other targets read from there. Defaults are left out: the executor fills them in. */
function publishOptions(container: ContainerInWorkspace, options: NormalizedPluginOptions): Record<string, unknown> {
  return {
    ...(options.registry === undefined ? {} : { registry: options.registry }),
    ...(options.imageName === '{projectName}' ? {} : { imageName: options.imageName }),
    ...(options.imagePrefix === '' ? {} : { imagePrefix: options.imagePrefix }),
    dockerfile: container.settings.dockerfile,
    context: container.settings.context === '' ? '.' : container.settings.context,
    builder: options.builder,
    ...(options.comparison === undefined ? {} : { comparison: options.comparison }),
    versionsFile: options.versionsFile,
    varsFile: options.varsFile,
  };
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
