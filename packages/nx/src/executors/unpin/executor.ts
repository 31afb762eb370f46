import type { ExecutorContext } from '@nx/devkit';
import type { ContainerOptions } from '../../options/container-options.js';
import type { UnpinOutcome } from '../../plan/outcomes.js';
import { checkPublishesNothing, containerFor, readVersions, writeOutcome } from '../container.js';
import { runReported } from '../report.js';

export type UnpinOptions = ContainerOptions;

/** Asks the hook to remove the image's line, as a person would: the next publish-image builds it afresh. */
export default async function unpin(options: UnpinOptions, context: ExecutorContext) {
  return runReported(async () => {
    checkPublishesNothing(context);
    const { project, prefix, image, pin } = await readVersions(context.root, containerFor(context, options));
    const result = pin === undefined ? 'already' : pin.kind === 'hold' ? 'held' : 'unpinned';
    const outcome: UnpinOutcome = { formatVersion: 1, project, prefix, image, result };
    await writeOutcome(context.root, project, '.unpin.json', outcome);
    const words = {
      already: 'not pinned',
      held: `held at ${pin?.version} by hand; left alone`,
      unpinned: `unpinned from ${pin?.version}; the next publish-image builds it afresh`,
    };
    console.log(`${project}: ${words[result]}`);
  });
}
