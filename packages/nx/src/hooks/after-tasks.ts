import type { PostTasksExecutionContext } from '@nx/devkit';
import { errorForNx, withHints } from '../errors.js';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { afterEarly } from './early-tags.js';
import { hasImageTasks, readOutcomes, type TaskResults } from './read-outcomes.js';

/**
 * Composes the version files from what the tasks of this run found, restored ones included. This is the one place that writes
 * them. Throws, so that nx ends with 1, where an image could not be composed; the others are written all the same.
 */
export function afterTasks(written: unknown, context: PostTasksExecutionContext): Promise<void> {
  return withHints(() => composeRun(written, context));
}

async function composeRun(written: unknown, context: PostTasksExecutionContext): Promise<void> {
  const options = normalizePluginOptions(written);
  const results = context.taskResults as TaskResults;
  if (!hasImageTasks(results, options.targets)) return;
  const { workspaceRoot } = context;
  const [{ workspaceDataFolder }, { composeFiles }, { readWorkspaceImages }, { writeRunReport }] = await Promise.all([
    import('../graph/graph-file.js'),
    import('./compose-files.js'),
    import('./workspace-images.js'),
    import('./run-report.js'),
  ]);
  const outcomes = readOutcomes(workspaceRoot, results, options.targets);
  const images = await readWorkspaceImages(await workspaceDataFolder());
  const composition = await composeFiles({
    workspaceRoot,
    versionsFile: options.versionsFile,
    varsFile: options.varsFile,
    workspace: images.images,
    outcomes,
    now: new Date(),
    resolve: afterEarly(context.id, images.resolverFor(workspaceRoot)),
  });
  await writeRunReport(workspaceRoot, composition.rows, process.env);
  if (composition.errors.length > 0) throw errorForNx(composition.errors);
}
