import type { Digest, Repository } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import type { PinOutcome } from '../../plan/outcomes.js';
import { checkPinnedTag } from '../../plan/pinned.js';
import type { VersionedContainer } from '../container.js';

export interface PinRequest {
  readonly version: string;
  readonly repin: boolean;
  readonly open: () => Promise<Repository>;
}

/**
 * Tags the digest that an image stands at, and says what is to be written. An image that is pinned stays so, unless `repin`.
 * Errors: `nothing-published`; `moved`, if what it stands at is gone; `conflict`, if the version is another content.
 */
export async function pinImage(container: VersionedContainer, request: PinRequest): Promise<PinOutcome> {
  const { project, prefix, image, pin } = container;
  const { version, repin } = request;
  const outcome = { formatVersion: 1, project, prefix, image, version, repin } as const;
  if (pin?.kind === 'hold') return { ...outcome, result: 'held', pinnedAt: pin.version };
  if (pin !== undefined && (pin.version === version || !repin)) {
    return { ...outcome, result: 'already', pinnedAt: pin.version };
  }
  const repository = await request.open();
  const { digest, standing } = await standsAt(container, repository);
  const oci = await import('@image-versions/oci');
  try {
    await oci.retag(repository, digest as Digest, version);
  } catch (cause) {
    if (!oci.isOciError(cause, 'not-found')) throw cause;
    throw new ImageVersionsError(
      'moved',
      `Pin ${image} at ${version}: the registry no longer has ${digest}, which it stands at`,
      {
        hint: `Build and publish it again: nx run ${project}:publish-image --skip-nx-cache.`,
        cause,
      },
    );
  }
  return { ...outcome, result: 'pinned', digest, standing };
}

/** The digest that a deployment gets now: of the pin, or of what was last published. */
async function standsAt(
  { project, image, pin, state }: VersionedContainer,
  repository: Repository,
): Promise<{ digest: string; standing: string | undefined }> {
  if (pin !== undefined) {
    const resolved = (await repository.resolve(pin.version))?.digest;
    checkPinnedTag({ image, project, version: pin.version, state, resolved });
    // A pin that was edited by hand may be of another image than the one that was published last.
    const standing = state !== undefined && state.digest === resolved ? state.version : pin.version;
    return { digest: resolved ?? '', standing };
  }
  if (state !== undefined) return { digest: state.digest, standing: state.version };
  throw new ImageVersionsError(
    'nothing-published',
    `Pin ${project}: expected a published image; ${image} has no version yet`,
    {
      hint: `Publish it first: nx run ${project}:publish-image.`,
    },
  );
}
