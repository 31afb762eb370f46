import type { TargetConfiguration } from '@nx/devkit';
import { packageName, recordsFolder } from '../options/names.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type ContainerInWorkspace, type Inputs, publishInputs, sourceInputs } from './container-inputs.js';
import { pinsProject } from './versions-targets.js';

/** The five targets of a container project. */
export function containerTargets(
  container: ContainerInWorkspace,
  options: NormalizedPluginOptions,
): Record<string, TargetConfiguration> {
  const { targets } = options;
  const inputs = sourceInputs(container);
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
      inputs: [...inputs, ...publishInputs(container)],
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
