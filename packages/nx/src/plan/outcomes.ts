import type { ContainerImage } from '../store/state.js';

/** What the `pin` executor did with one image; `dist/image-versions/<project>.pin.json`. */
export interface PinOutcome extends ContainerImage {
  readonly formatVersion: 1;
  /** The version asked for. */
  readonly version: string;
  /**
   * - `pinned`: the tag is on `digest`, and the line is to be written
   * - `already`: it is pinned, at `pinnedAt`, and stays so; nothing was looked up
   * - `held`: by hand; nothing was looked up
   */
  readonly result: 'pinned' | 'already' | 'held';
  /** Whether an image that is pinned at another version was to be moved. */
  readonly repin: boolean;
  /** Of `already` and `held`. */
  readonly pinnedAt?: string;
  /** What the tag is on; of `pinned`. */
  readonly digest?: string;
  /** What the image stood at before: the version to go back to when it is unpinned; of `pinned`. */
  readonly standing?: string;
}

/** What the `unpin` executor asks for: the line goes, as if a person had removed it. */
export interface UnpinOutcome extends ContainerImage {
  readonly formatVersion: 1;
  readonly result: 'unpinned' | 'already' | 'held';
}
