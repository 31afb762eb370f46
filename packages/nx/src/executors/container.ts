import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../errors.js';
import { type ContainerNode, containersOf, type GraphNodes } from '../graph/nx-graph.js';
import { type Container, type ContainerOptions, normalizeContainer } from '../options/container-options.js';
import { recordsFolder } from '../options/names.js';
import { versionsRequest } from '../plan/fresh.js';
import { prefixOf } from '../store/prefix.js';
import { type ImageState, imageOf, type VersionsState } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import { type Pin, pinOf } from '../store/versions-file.js';

/** A container, and what the version files say of it. */
export interface VersionedContainer extends Container {
  /** Of its shell variables. */
  readonly prefix: string;
  readonly pin: Pin | undefined;
  readonly state: ImageState | undefined;
  /** Fresh builds asked for so far; see `versionsRequest`. */
  readonly fresh: number;
}

/**
 * The container of the project that an executor runs for, by the options of its publish target and, above them, the executor's own. The
 * publish target itself has its own alone, into which Nx merged the configuration that was asked for.
 */
export function containerFor(context: ExecutorContext, own: ContainerOptions): Container {
  const project = context.projectName;
  const data = project === undefined ? undefined : context.projectsConfigurations.projects[project];
  if (project === undefined || data === undefined) {
    throw new ImageVersionsError('invalid', 'This executor runs for one project, and none was named', {
      hint: 'Run it as nx run <project>:<target>.',
    });
  }
  const publishes = publishTargetOf(context);
  if (publishes?.publishTarget === context.targetName) return normalizeContainer(project, data.root, own);
  return normalizeContainer(project, data.root, { ...publishes?.options, ...own });
}

/** The publish target of the project that an executor runs for. */
function publishTargetOf({ projectName = '', projectsConfigurations }: ExecutorContext): ContainerNode | undefined {
  const data = projectsConfigurations.projects[projectName];
  return containersOf({ [projectName]: { data } } as GraphNodes)[0];
}

/**
 * For targets that change the version of a published image. Error `invalid` if the same command publishes the image, too: what it comes to
 * stand at is known only after all tasks.
 */
export function checkPublishesNothing(context: ExecutorContext): void {
  const { projectName, targetName, taskGraph } = context;
  const publishes = publishTargetOf(context)?.publishTarget;
  const isPublished = Object.values(taskGraph?.tasks ?? {}).some(
    ({ target }) => target.project === projectName && target.target === publishes,
  );
  if (!isPublished) return;
  throw new ImageVersionsError(
    'invalid',
    `${targetName} of ${projectName}: ${publishes} runs in the same command, and what it publishes is known only after it`,
    { hint: `Run ${publishes} first, and ${targetName} in a command of its own.` },
  );
}

/** Reads both version files. */
export async function readVersions(root: string, container: Container): Promise<VersionedContainer> {
  const versions = await readVersionFiles({
    versionsFile: join(root, container.versionsFile),
    varsFile: join(root, container.varsFile),
  });
  return withVersions(container, versions);
}

/** What these version files say of a container. */
export function withVersions(container: Container, versions: VersionsState): VersionedContainer {
  const prefix = prefixOf(container);
  const state = imageOf(versions, prefix);
  const { fresh } = versionsRequest(state, versions.versions, prefix);
  return { ...container, prefix, pin: pinOf(versions.versions, prefix), state, fresh };
}

/** Writes what a task leaves for the hook, `dist/image-versions/<project><suffix>`. */
export async function writeOutcome(root: string, project: string, suffix: string, outcome: object): Promise<void> {
  const path = join(root, recordsFolder, `${project}${suffix}`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(outcome, null, 2)}\n`);
}
