import type { PreTasksExecutionContext } from '@nx/devkit';
import { withHints } from '../errors.js';
import { workspaceDataFolder } from '../graph/graph-file.js';
import { leadsToImages } from '../graph/nx-graph.js';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { namesTarget, parseCommandLine } from './command-line.js';

/**
 * Prepares a run that may come to an image target. Returns at once, with nothing loaded and nothing asked, at a command that runs
 * none.
 */
export function beforeTasks(written: unknown, context: PreTasksExecutionContext): Promise<void> {
  return withHints(() => prepareIfNeeded(written, context));
}

async function prepareIfNeeded(written: unknown, context: PreTasksExecutionContext): Promise<void> {
  const options = normalizePluginOptions(written);
  const { targets } = options;
  const request = parseCommandLine(context.argv, targets);
  const dataFolder = await workspaceDataFolder();
  const mayRun = (names: readonly string[]) =>
    namesTarget(request, names) || leadsToImages(request.words, names, dataFolder);
  const mayBuild = mayRun([targets.publish, targets.build, targets.diff]);
  if (!mayBuild && !mayRun([targets.pin, targets.unpin])) return;
  const { prepareRun } = await import('./prepare-run.js');
  await prepareRun({ context, options, request, dataFolder, mayBuild });
}
