import { join } from 'node:path';
import { ImageVersionsError } from '../errors.js';
import { cleanPath } from '../graph/context-inputs.js';
import { type ContainerNode, readContainerNodes } from '../graph/nx-graph.js';
import { pinsProject } from '../graph/versions-targets.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';
import { type VersionsRequest, versionsRequest } from '../plan/fresh.js';
import { imageOf, standingVersion } from '../store/state.js';
import { readVersionFiles } from '../store/version-files.js';
import type { ImageTag, ResolveTag } from './early-tags.js';
import { readWorkspaceImages } from './workspace-images.js';

export interface WorkspaceVersions {
  /** What the version files ask of each container, by its key. */
  readonly requests: ReadonlyMap<string, VersionsRequest>;
  /** The tags that images stand at; none for an image that is held or was never published. */
  readonly standing: readonly ImageTag[];
  readonly resolve: ResolveTag;
}

type Options = Pick<NormalizedPluginOptions, 'versionsFile' | 'varsFile' | 'targets'>;
type Files = Omit<Options, 'targets'>;

/**
 * What the version files say of the containers of the workspace. Errors `invalid` and `environment` where they can't be read, and `invalid` where a
 * container lacks inputs or dependencies of the plugin, or names version files of its own.
 */
export async function readWorkspaceVersions(
  workspaceRoot: string,
  dataFolder: string,
  options: Options,
  nxVersion = readNxVersion,
): Promise<WorkspaceVersions> {
  const nodes = await readContainerNodes(dataFolder);
  checkInputs(nodes);
  checkDependsOn(nodes, options, await nxVersion());
  checkVersionFiles(nodes, options);
  const [{ byKey, resolverFor }, state] = await Promise.all([
    readWorkspaceImages(dataFolder),
    readVersionFiles({
      versionsFile: join(workspaceRoot, options.versionsFile),
      varsFile: join(workspaceRoot, options.varsFile),
    }),
  ]);
  const requests = new Map<string, VersionsRequest>();
  const standing: ImageTag[] = [];
  for (const [key, { prefix, image }] of byKey) {
    const request = versionsRequest(imageOf(state, prefix), state.versions, prefix);
    requests.set(key, request);
    const tag = standingVersion(state, prefix);
    if (tag !== undefined && !request.held) standing.push({ image, tag });
  }
  return { requests, standing, resolve: resolverFor(workspaceRoot) };
}

/** Inputs that a person writes replace those of the plugin: changes would be missed, and a dry run could come from the cache. */
function checkInputs(nodes: readonly ContainerNode[]): void {
  const wrong = nodes.filter(({ lacksInputs }) => lacksInputs);
  if (wrong.length === 0) return;
  const named = wrong.map(({ project, publishTarget }) => `${project}:${publishTarget}`).join(', ');
  throw new ImageVersionsError(
    'invalid',
    `Inputs of ${named}: expected those of the plugin; they were replaced, by the project or by targetDefaults, so that changes would be missed`,
    {
      hint: 'Leave inputs out. Name further files in the namedInputs of the project: "default": ["{projectRoot}/**/*", "{workspaceRoot}/shared/**/*"].',
    },
  );
}

/** The first release of Nx that selects tasks, and not projects, by what changed: it finds images by the tasks that they depend on. */
const firstOfAffectedTasks = 24;

async function readNxVersion(): Promise<string> {
  return (await import('nx/src/utils/versions.js')).nxVersion;
}

/** A `dependsOn` that is written replaces that of the plugin: then `nx affected` would not see a line that was removed. */
function checkDependsOn(nodes: readonly ContainerNode[], { targets }: Options, nxVersion: string): void {
  if (Number.parseInt(nxVersion, 10) < firstOfAffectedTasks) return;
  const wrong = nodes.filter(({ lacksPins }) => lacksPins);
  if (wrong.length === 0) return;
  const named = wrong.map(({ project, publishTarget }) => `${project}:${publishTarget}`).join(', ');
  throw new ImageVersionsError(
    'invalid',
    `dependsOn of ${named}: expected ${pinsProject.name}:${targets.pins} among it; it was replaced, by the project or by targetDefaults, so that nx affected would miss a change of the version files`,
    { hint: 'Begin it with "...", which keeps what the plugin says: "dependsOn": ["...", "test"].' },
  );
}

/** A task reads the files that its options name, and the hook writes those of nx.json: they have to be the same. */
function checkVersionFiles(nodes: readonly ContainerNode[], options: Files): void {
  const wrong = nodes.flatMap(({ project, options: own }) =>
    (['versionsFile', 'varsFile'] as const)
      .filter((name) => cleanPath(own[name] ?? options[name]) !== cleanPath(options[name]))
      .map((name) => `${name} of project ${project}: expected ${options[name]}, as in nx.json; got ${own[name]}`),
  );
  if (wrong.length === 0) return;
  throw new ImageVersionsError('invalid', `Options of images: ${wrong.join('; ')}`, {
    hint: 'A workspace has one of each: set it in the options of @image-versions/nx in nx.json, and leave it out here.',
  });
}
