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
 * The fresh builds that a record counts, of those that were asked for. An image that was published with caches skipped counts as one more:
 * no cache takes its record, and one that has an older record of the same inputs would otherwise bring that back.
 */
export function recordedFresh(
  asked: number,
  { outcome, mode, skipsCache }: Pick<PublishRecord, 'outcome' | 'mode'> & { readonly skipsCache: boolean },
): number {
  return skipsCache && mode === 'only_changed' && outcome === 'published' ? asked + 1 : asked;
}
