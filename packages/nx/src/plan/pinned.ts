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
  throw new ImageVersionsError('moved', `Pinned tag ${image}:${version}: expected ${expected}; got: ${found}`, {
    hint: `${wayBack(project, pinned, resolved)} or remove the line of ${project} (nx run ${project}:unpin) to have it built and published afresh.`,
  });
}

function wayBack(project: string, pinned: string | undefined, resolved: string | undefined): string {
  const command = `nx run ${project}:publish-image --mode=pinned_only`;
  if (resolved !== undefined) return `Put the tag back on ${pinned},`;
  return pinned === undefined
    ? `Correct the version in its line, publish what the sources are now under it (${command}),`
    : `Put the tag back on ${pinned} (${command} does; if the registry has that no more, it publishes what the sources are now),`;
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
