import { dirname, join } from 'node:path';
import type { CreateNodesContextV2, CreateNodesResultV2, ProjectConfiguration } from '@nx/devkit';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { containerInputs } from './container-inputs.js';
import { containerTargets } from './container-targets.js';
import { findContainers, readManifests, summarize } from './find-containers.js';
import { openGraphFile, workspaceDataFolder } from './graph-file.js';
import { isNamedProject, manifestName } from './project-name.js';
import { submodules, submodulesAround } from './submodules.js';
import { pinsProject, pinsTarget, versionsTargets } from './versions-targets.js';

/** Name of the versions project where its folder is no project already. */
const versionsProject = 'image-versions';

/** Projects and targets of all containers, and the targets of the versions project. Reads files of the workspace, and nothing else. */
export async function createImageNodes(
  dockerfiles: readonly string[],
  written: unknown,
  context: Pick<CreateNodesContextV2, 'workspaceRoot' | 'nxJsonConfiguration'>,
  dataFolder?: string,
): Promise<CreateNodesResultV2> {
  const options = normalizePluginOptions(written);
  const { workspaceRoot, nxJsonConfiguration: nxJson } = context;
  const graphFile = openGraphFile(dataFolder ?? (await workspaceDataFolder()), options);
  const containers = await findContainers(dockerfiles, options, {
    workspaceRoot,
    nxJson,
    graphFile,
  });
  const summaries = containers.map(summarize);
  await graphFile.save(summaries);
  const first = containers[0];
  if (!first) return [];

  const hasProduction = nxJson.namedInputs?.production !== undefined;

  const roots = containers.map(({ root }) => root);
  const folders = submodules(workspaceRoot);
  const results = containers.map((container, at): CreateNodesResultV2[number] => {
    const { bases = [], paths = [] } = summaries[at] ?? {};
    const known = { ...container, hasProduction, bases, submodules: submodulesAround(folders, paths) };
    const targets = containerTargets(known, options);
    const isNamed = manifestName(container.root, container.manifests) !== undefined;
    const own = project(container.root, isNamed ? undefined : container.name, targets);
    return [
      container.configFile,
      { projects: { [container.root]: { ...own, namedInputs: containerInputs(known, options) } } },
    ];
  });
  const versionsRoot = dirname(options.versionsFile);
  const isProject =
    roots.includes(versionsRoot) ||
    isNamedProject(versionsRoot, await readManifests(join(workspaceRoot, versionsRoot)));
  results.push([
    first.configFile,
    {
      projects: {
        [versionsRoot]: project(versionsRoot, isProject ? undefined : versionsProject, versionsTargets(options)),
        [pinsProject.root]: project(pinsProject.root, pinsProject.name, pinsTarget(options)),
      },
    },
  ]);
  return results;
}

function project(
  root: string,
  name: string | undefined,
  targets: ProjectConfiguration['targets'],
): Omit<ProjectConfiguration, 'root'> & { root: string } {
  return { root, ...(name === undefined ? {} : { name }), targets };
}
