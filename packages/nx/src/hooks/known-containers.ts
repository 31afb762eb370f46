import { type FindContext, findContainers, summarize } from '../graph/find-containers.js';
import { type ContainerSummary, openGraphFile } from '../graph/graph-file.js';
import type { NormalizedPluginOptions } from '../options/plugin-options.js';

/**
 * The containers as `createNodes` last saw them. Where that is not kept (a workspace data folder that can't be written), the
 * workspace is searched.
 */
export async function knownContainers(
  workspaceRoot: string,
  dataFolder: string,
  options: NormalizedPluginOptions,
  nxJson: FindContext['nxJson'],
): Promise<readonly ContainerSummary[]> {
  const graphFile = openGraphFile(dataFolder, options);
  if (graphFile.containers) return graphFile.containers;
  const { default: glob } = await import('fast-glob');
  const files = await glob([...options.include], {
    cwd: workspaceRoot,
    ignore: ['**/node_modules/**', '**/dist/**', '**/.git/**', '**/.nx/**', ...options.exclude],
    dot: true,
  });
  return (await findContainers(files, options, { workspaceRoot, nxJson, graphFile })).map(summarize);
}
