import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../../errors.js';
import type { ContainerOptions } from '../../options/container-options.js';
import { openImageRepository } from '../../options/open-repository.js';
import { checkPinnedTag } from '../../plan/pinned.js';
import { buildContainer } from '../build.js';
import { compareWithBuilt, formatComparison } from '../compare.js';
import { containerFor, readVersions, type VersionedContainer } from '../container.js';
import { showProgress } from '../progress.js';
import { runInterruptibly } from '../report.js';

export interface DiffImageOptions extends ContainerOptions {
  /** Print the comparison as JSON. Default false. */
  json?: boolean;
}

/** Builds the image and says how it differs from the version that it stands at. Changes nothing. */
export default async function diffImage(options: DiffImageOptions, context: ExecutorContext) {
  return runInterruptibly(async (signal) => {
    const { json, ...own } = options;
    const container = await readVersions(context.root, containerFor(context, own));
    const repository = await openImageRepository(context.root, container);
    const version = standingVersionOf(container);
    const { openRepositoryImages } = await import('@image-versions/oci');
    const resolved = (await repository.resolve(version))?.digest;
    checkPinnedTag({ ...container, version, resolved });
    const before = await openRepositoryImages(repository, resolved ?? version, {
      name: `${container.image}:${version}`,
    });
    const built = await buildContainer(container, context, {
      isFresh: false,
      keeps: false,
      mayPush: false,
      prints: 'steps',
      signal,
    });
    const progress = showProgress(container.project);
    const reading = { onProgress: progress.read, signal };
    const comparison = await compareWithBuilt(before, built, container.comparison, reading).finally(async () => {
      progress.done();
      await Promise.all([before.close(), built.close()]);
    });
    console.log(await formatComparison(comparison, json === true ? 'json' : 'text'));
  });
}

function standingVersionOf({ project, image, pin, state }: VersionedContainer): string {
  const version = pin?.version ?? state?.version;
  if (version !== undefined) return version;
  throw new ImageVersionsError(
    'nothing-published',
    `Compare ${project}: expected a published image; ${image} has no version yet`,
    { hint: `Publish it first: nx run ${project}:publish-image.` },
  );
}
