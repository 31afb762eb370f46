import type { Descriptor, Digest } from '../content/descriptor.js';
import { isOciError, OciError } from '../errors.js';
import type { Repository, StoredManifest } from '../model/repository.js';

export interface TagOptions {
  /** Moves a tag that is at another digest; for `latest`. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
}

/** What became of a tag. */
export type TagResult = 'unchanged' | 'created' | 'moved';

/**
 * Puts `tag` on what is stored under `digest`: the stored bytes again, so that the digest stays. A tag that is there already
 * costs one request.
 * Errors: `conflict` for a tag at another digest, unless `force`, and for one that the registry does not let be moved; `not-found`
 * for a digest that is not there.
 */
export async function retag(
  repository: Repository,
  digest: Digest,
  tag: string,
  options: TagOptions = {},
): Promise<TagResult> {
  const there = await repository.resolve(tag, { ...options, toPush: true });
  const result = tagResult(repository, there, digest, tag, options);
  if (result !== 'unchanged') {
    await pushTag(repository, await repository.fetchManifest(digest, options), tag, options);
  }
  return result;
}

/** Puts a manifest under `tag`, with the same promises as `retag`. */
export async function tagManifest(
  repository: Repository,
  manifest: StoredManifest,
  tag: string,
  options: TagOptions = {},
): Promise<TagResult> {
  const there = await repository.resolve(tag, { ...options, toPush: true });
  const result = tagResult(repository, there, manifest.descriptor.digest, tag, options);
  if (result !== 'unchanged') await pushTag(repository, manifest, tag, options);
  return result;
}

/**
 * Where tags are immutable, a registry refuses one that has come to be there since it was looked up: put by another run, or by a try
 * of our own whose answer was lost. Each has a status of its own for that (ECR 400, Harbor 412), so what it then has is what counts.
 */
async function pushTag(
  repository: Repository,
  manifest: StoredManifest,
  tag: string,
  options: TagOptions,
): Promise<void> {
  try {
    await repository.pushManifest(manifest, tag, options);
  } catch (error) {
    if (!isOciError(error, 'invalid', 'forbidden')) throw error;
    const there = await repository.resolve(tag, { ...options, toPush: true }).catch(() => undefined);
    const { digest } = manifest.descriptor;
    if (tagResult(repository, there, digest, tag, options) === 'unchanged') return;
    throw there === undefined ? error : stays(`${repository.name}:${tag}`, there.digest, digest, error);
  }
}

function stays(name: string, actual: Digest, expected: Digest, refusal: OciError): OciError {
  return new OciError(
    'conflict',
    `${name} stays at ${actual}: the registry would not let it be moved to ${expected}. ${refusal.message}`,
    {
      hint: `If the registry has immutable tags, make ${name} an exception of them; else ask for access.`,
      cause: refusal,
      facts: { ...refusal.facts, expected, actual },
    },
  );
}

function tagResult(
  repository: Repository,
  there: Descriptor | undefined,
  digest: Digest,
  tag: string,
  { force }: TagOptions,
): TagResult {
  if (there === undefined) return 'created';
  if (there.digest === digest) return 'unchanged';
  if (force) return 'moved';
  throw new OciError(
    'conflict',
    `${repository.name}:${tag} exists with other content: it is ${there.digest}, not ${digest}.`,
    {
      hint: 'Published tags are never overwritten: choose another tag, or delete this one in the registry if it is wrong.',
      facts: { tag, expected: digest, actual: there.digest },
    },
  );
}
