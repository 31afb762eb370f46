import type { ExecutorContext } from '@nx/devkit';
import type { ContainerOptions } from '../../options/container-options.js';
import { buildContainer } from '../build.js';
import { containerFor } from '../container.js';
import { runInterruptibly } from '../report.js';

export interface BuildImageOptions extends ContainerOptions {
  /** Use no layer cache, and pull the bases anew. Default false. */
  fresh?: boolean;
}

/** Builds the image and leaves it in the engine, or in an OCI archive where the builder has none. */
export default async function buildImage(options: BuildImageOptions, context: ExecutorContext) {
  return runInterruptibly(async (signal) => {
    const { fresh, ...own } = options;
    const container = containerFor(context, own);
    const built = await buildContainer(container, context, {
      isFresh: fresh === true,
      keeps: true,
      mayPush: false,
      prints: 'all',
      signal,
    });
    await built.close();
    console.log(`${container.project}: built as ${built.reference} with ${built.builder}`);
  });
}
