import type { ImageState } from '../store/state.js';
import { pinOf, type VersionsFile } from '../store/versions-file.js';
import type { PublishRecord } from './record.js';

/** What the version files ask of an image. Part of its task hash, as the version that it is pinned at is not. */
export interface VersionsRequest {
  readonly held: boolean;
  /** Fresh builds asked for so far; above the state's count, one is due. */
  readonly fresh: number;
}

/**
 * Whether the image is held, and the fresh builds asked for: one more than carried out, where the state has a pin and
 * the versions file no longer does, since then a person removed it.
 */
export function versionsRequest(
  state: ImageState | undefined,
  versions: VersionsFile,
  prefix: string,
): VersionsRequest {
  const pin = pinOf(versions, prefix);
  const removedByHand = state?.pin !== undefined && pin === undefined;
  return { held: pin?.kind === 'hold', fresh: (state?.fresh ?? 0) + (removedByHand ? 1 : 0) };
}

/**
 * The fresh builds that a record counts: those that were asked for, and one more if the image was published with Nx's caches skipped. No
 * cache has that record, and an older one of the same inputs would else come back from a cache.
 */
export function recordedFresh(
  asked: number,
  { outcome, mode, skipsCache }: Pick<PublishRecord, 'outcome' | 'mode'> & { readonly skipsCache: boolean },
): number {
  return skipsCache && mode === 'only_changed' && outcome === 'published' ? asked + 1 : asked;
}
