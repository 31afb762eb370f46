import type { ExecutorContext } from '@nx/devkit';
import { ImageVersionsError } from '../../errors.js';
import { openImageRepository } from '../../options/open-repository.js';
import { normalizePublish, type PublishOptions } from '../../options/publish-options.js';
import { handedOver } from '../../options/token-names.js';
import type { PublishRecord } from '../../plan/record.js';
import { isTag } from '../../store/version.js';
import { buildContainer } from '../build.js';
import { compareWithBuilt, fingerprintAnnotations } from '../compare.js';
import { containerFor, readVersions, writeOutcome } from '../container.js';
import { showProgress } from '../progress.js';
import { runInterruptibly } from '../report.js';
import { changedInputs } from './changed-inputs.js';
import { publish } from './publish.js';

/** Builds, compares, and publishes or keeps one image; leaves a record for the hook that writes the version files. */
export default async function publishImageExecutor(options: PublishOptions, context: ExecutorContext) {
  return runInterruptibly(async (signal) => {
    const { mode, dryRun, tag, ...own } = options;
    const request = normalizePublish({ mode, dryRun, tag }, process.env[handedOver.tag]);
    if (request.tag !== undefined && !isTag(request.tag)) {
      throw new ImageVersionsError(
        'invalid',
        `--tag: expected letters, digits and . _ -, up to 128 of them; got ${JSON.stringify(request.tag.slice(0, 140))}`,
        {
          hint: 'Such as --tag=v1.2.3.',
        },
      );
    }
    const container = await readVersions(context.root, containerFor(context, own));
    const { project, comparison } = container;
    const git = {
      commit: process.env[handedOver.commit] ?? '',
      changes: process.env[handedOver.changes] ?? '',
      gitProblem: process.env[handedOver.gitProblem] ?? '',
    };
    // Nx tells so each task, by whichever flag or variable it was asked.
    const skipsCache = process.env.NX_SKIP_NX_CACHE === 'true';
    const progress = showProgress(project);
    const reading = { onProgress: progress.read, signal };
    const record = await publish(
      { container, request, skipsCache, git },
      {
        repository: await openImageRepository(context.root, container),
        build: (isFresh) =>
          buildContainer(container, context, {
            isFresh,
            keeps: false,
            mayPush: !request.dryRun,
            prints: 'steps',
            signal,
          }),
        compare: (before, built) => compareWithBuilt(before, built, comparison, reading),
        annotations: (image) => fingerprintAnnotations(image, comparison, reading),
        onPush: progress.pushed,
        signal,
        changedInputs: (annotations, built) => changedInputs(annotations, built, context),
      },
    ).finally(progress.done);
    await writeOutcome(context.root, project, '.json', record);
    console.log(describe(record));
  });
}

function describe({ project, outcome, tag, dryRun, image, reasons }: PublishRecord): string {
  const why = reasons.map(({ text }) => text).join(' ');
  const words = {
    published: `${dryRun ? 'would be published' : 'published'} as ${image}:${tag}`,
    kept: tag === undefined ? 'left alone' : `kept at ${tag}`,
    held: 'held',
    exists: `there already as ${image}:${tag}`,
  };
  // Names of files come from the image: they must not act on a terminal.
  return `${project}: ${words[outcome]}. ${why}`.replace(/\p{Cc}/gu, '?').trimEnd();
}
