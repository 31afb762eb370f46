import { ImageVersionsError } from '../errors.js';
import type { ImageState } from '../store/state.js';

/**
 * Error `moved`, if the tag that an image is pinned at is not in the registry, or is on another digest than when the pin was
 * composed. A pin that a person wrote has no digest yet: then it only has to be there. `resolved` is what the registry answered.
 */
export function checkPinnedTag(facts: {
  readonly image: string;
  readonly project: string;
  readonly version: string;
  readonly state: ImageState | undefined;
  readonly resolved: string | undefined;
}): void {
  const { image, project, version, state, resolved } = facts;
  const pinned = state?.pin?.version === version ? state.pin.digest : undefined;
  if (resolved !== undefined && (pinned === undefined || pinned === resolved)) return;
  const expected =
    pinned === undefined ? 'a digest (none is recorded: the line was written by hand)' : `digest ${pinned}, as pinned`;
  const found = resolved === undefined ? 'the registry has no such tag' : `the tag is on digest ${resolved}`;
  const back = pinned === undefined ? 'Correct the version in its line' : `Put the tag back on ${pinned}`;
  const again = `publish what the sources are now under it (nx run ${project}:publish-image --mode=pinned_only)`;
  throw new ImageVersionsError('moved', `Pinned tag ${image}:${version}: expected ${expected}; got: ${found}`, {
    hint: `${back}, ${resolved === undefined ? `${again}, ` : ''}or remove the line of ${project} (nx run ${project}:unpin) to have it built and published afresh.`,
  });
}

/** Error `moved`: a record from a cache says that a tag has content which the registry no longer has under it. */
export function checkPublishedTag(facts: {
  readonly image: string;
  readonly project: string;
  readonly tag: string;
  readonly digest: string;
  readonly resolved: string | undefined;
}): void {
  const { image, project, tag, digest, resolved } = facts;
  if (resolved === digest) return;
  const found = resolved === undefined ? 'the registry has no such tag' : `the tag is on digest ${resolved}`;
  throw new ImageVersionsError(
    'moved',
    `Published tag ${image}:${tag}: expected digest ${digest}, as recorded; got: ${found}`,
    {
      hint: `Build and publish it again: nx run ${project}:publish-image --skip-nx-cache.`,
    },
  );
}
