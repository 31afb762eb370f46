import type { CreateNodesV2, PostTasksExecution, PreTasksExecution } from '@nx/devkit';
import type { PluginOptions } from './options/plugin-options.js';

// What Nx loads at every command. Everything else is imported when one of these functions first runs.

export const name = '@image-versions/nx';

/** Targets for every folder with a Dockerfile, and for the project of the version files. */
export const createNodes: CreateNodesV2<PluginOptions> = [
  '**/{Dockerfile,Dockerfile.*,*.Dockerfile,*.dockerfile,Containerfile}',
  async (dockerfiles, options, context) => {
    const [{ createImageNodes }, { withHints }] = await Promise.all([
      import('./graph/create-nodes.js'),
      import('./errors.js'),
    ]);
    return withHints(() => createImageNodes(dockerfiles, options, context));
  },
];

/** The same, by the name that Nx 22 knows it by. */
export const createNodesV2 = createNodes;

/** Looks up what the hash of image tasks needs; returns at once at commands that run none. */
export const preTasksExecution: PreTasksExecution<PluginOptions> = async (options, context) => {
  const { beforeTasks } = await import('./hooks/before-tasks.js');
  await beforeTasks(options, context);
};

/** Composes the version files from the records of the tasks that ran. */
export const postTasksExecution: PostTasksExecution<PluginOptions> = async (options, context) => {
  const { afterTasks } = await import('./hooks/after-tasks.js');
  await afterTasks(options, context);
};
