import type { ExecutorContext } from '@nx/devkit';
import type { ContainerOptions } from '../../options/container-options.js';
import { openImageRepository } from '../../options/open-repository.js';
import { handedOver } from '../../options/token-names.js';
import { parseVersion } from '../../store/version.js';
import { checkPublishesNothing, containerFor, readVersions, writeOutcome } from '../container.js';
import { runReported } from '../report.js';
import { pinImage } from './pin-image.js';

export interface PinOptions extends ContainerOptions {
  /** The version, where `--version` can't be used. */
  pinVersion?: string | number;
  /** The same, shorter. */
  to?: string | number;
  /** Move an image that is pinned at another version. Default false. */
  repin?: boolean;
}

/** Puts a version's tag on the published image, in the registry alone, and leaves the pin for the hook to write. */
export default async function pin(options: PinOptions, context: ExecutorContext) {
  return runReported(async () => {
    checkPublishesNothing(context);
    const { pinVersion, to, repin, ...own } = options;
    const written = pinVersion ?? to;
    // Nx keeps --version to itself: the hook hands it over, as text.
    const given = process.env[handedOver.version] || (written === undefined ? undefined : String(written));
    const version = parseVersion(given, '--version');
    const container = await readVersions(context.root, containerFor(context, own));
    const outcome = await pinImage(container, {
      version,
      repin: repin === true,
      open: () => openImageRepository(context.root, container),
    });
    const { project } = container;
    await writeOutcome(context.root, project, '.pin.json', outcome);
    if (outcome.result === 'held') console.log(`${project}: held at ${outcome.pinnedAt} by hand; left alone`);
    else if (outcome.result === 'already') {
      const isOther = outcome.pinnedAt !== version;
      console.log(`${project}: pinned at ${outcome.pinnedAt} already${isOther ? ' (--repin moves it)' : ''}`);
    } else
      console.log(`${project}: pinned at ${version}, which is ${outcome.standing ?? 'a digest'} (${outcome.digest})`);
  });
}
