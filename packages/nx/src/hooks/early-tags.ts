/** The digest that the registry of an image has under a tag; `undefined` if it is not there. Throws where it can't say. */
export type ResolveTag = (image: string, tag: string) => Promise<string | undefined>;

/** A tag of an image, by the image's name. */
export interface ImageTag {
  readonly image: string;
  readonly tag: string;
}

/** Of the last run alone: Nx's daemon keeps this process for many runs. */
let early: { readonly runId: string; readonly digests: ReadonlyMap<string, Promise<string | undefined>> } | undefined;

const keyOf = (image: string, tag: string) => `${image}:${tag}`;

/**
 * Asks for these tags, and does not wait: the registry answers while Nx hashes and restores. For a thousand images that takes about as
 * long.
 */
export function askEarly(runId: string, tags: readonly ImageTag[], resolve: ResolveTag): void {
  const digests = tags.map(({ image, tag }): [string, Promise<string | undefined>] => [
    keyOf(image, tag),
    resolve(image, tag).catch(() => undefined),
  ]);
  early = { runId, digests: new Map(digests) };
}

/** Takes the digests that were asked for early in this run. What was not asked for, or not there, or failed, is asked now. */
export function afterEarly(runId: string, resolve: ResolveTag): ResolveTag {
  const digests = early?.runId === runId ? early.digests : undefined;
  early = undefined;
  return async (image, tag) => (await digests?.get(keyOf(image, tag))) ?? resolve(image, tag);
}
