import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../errors.js';
import { containersOf, type GraphNodes } from '../graph/nx-graph.js';
import { recordsFolder } from '../options/container-key.js';
import { type Container, type ContainerOptions, normalizeContainer } from '../options/container-options.js';
import { prefixOf } from '../store/prefix.js';
import { type ImageState, imageOf, type VersionsState } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import { type Pin, pinOf } from '../store/versions-file.js';

/** A container, its prefix, and what the version files say of it. */
export interface ContainerState {
  readonly container: Container;
  readonly prefix: string;
  readonly versions: VersionsState;
  readonly pin: Pin | undefined;
  readonly state: ImageState | undefined;
}

/** The container of the project that an executor runs for: the options of its publish target, and above them its own. */
export function containerFor(context: ExecutorContext, own: ContainerOptions): Container {
  const project = context.projectName;
  const data = project === undefined ? undefined : context.projectsConfigurations.projects[project];
  if (project === undefined || data === undefined) {
    throw new ImageVersionsError('invalid', 'This executor runs for one project, and none was named', {
      hint: 'Run it as nx run <project>:<target>.',
    });
  }
  const published = containersOf({ [project]: { data } } as GraphNodes)[0]?.options ?? {};
  return normalizeContainer(project, data.root, { ...published, ...own });
}

/** Reads both version files. */
export async function readContainerState(root: string, container: Container): Promise<ContainerState> {
  const versions = await readVersionFiles({
    versionsFile: join(root, container.versionsFile),
    varsFile: join(root, container.varsFile),
  });
  const prefix = prefixOf(container);
  return {
    container,
    prefix,
    versions,
    pin: pinOf(versions.versions, prefix),
    state: imageOf(versions, prefix),
  };
}

/** Writes what a task leaves for the hook, `dist/image-versions/<project><suffix>`. */
export async function writeOutcome(root: string, project: string, suffix: string, outcome: object): Promise<void> {
  const path = join(root, recordsFolder, `${project}${suffix}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(outcome, null, 2)}\n`);
}
