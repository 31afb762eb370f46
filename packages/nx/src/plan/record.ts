import type { ChangeCategory, Comparison } from '@image-versions/diff';

export type PublishMode = 'only_changed' | 'all' | 'pinned_only';

/** Why an image was decided upon as it was; in words, and as data. */
export interface Reason {
  /** `graph`: which input changed. `content`: what of the image changed. `request`: a person, a mode or the registry asked for it. */
  readonly kind: 'graph' | 'content' | 'request';
  /** Of a content reason. */
  readonly category?: ChangeCategory;
  /** Of a graph reason: the files, or the base image, that changed; at most 100. */
  readonly inputs?: readonly string[];
  /** One sentence. */
  readonly text: string;
}

export type Outcome =
  /** Pushed in this run, or found there with this content (a killed run's push). */
  | 'published'
  /** Built, the same in content as the version it stands at. */
  | 'kept'
  /** `export x_VER=…`: not built, not looked up. */
  | 'held'
  /** `pinned_only`: its tag exists; `all`: its tag exists with this content. */
  | 'exists';

/**
 * What one run of publish-image found, and the cached output of that task: `dist/image-versions/<project>.json`.
 * It holds for its inputs whatever the version files say, so it may be restored on any machine.
 */
export interface PublishRecord {
  readonly formatVersion: 1;
  readonly project: string;
  /** As in `image_vars.src`: `ghcr.io/acme/mono/app`. */
  readonly image: string;
  readonly mode: PublishMode;
  readonly outcome: Outcome;
  /** True: nothing was pushed, and nothing may be composed from this. */
  readonly dryRun: boolean;
  /** The digest that has this content in the registry; absent if `held`, or in a dry run of a changed image. */
  readonly digest?: string;
  /** A version that this digest was published under: `3f2a9c1` or a pin. */
  readonly tag?: string;
  /** Fresh builds of the image so far, this one included; see `recordedFresh`. */
  readonly fresh: number;
  readonly commit?: string;
  readonly dirty?: boolean;
  readonly builder?: string;
  /** Base image reference to the digest that was built on. */
  readonly bases?: Readonly<Record<string, string>>;
  readonly fingerprint?: string;
  readonly reasons: readonly Reason[];
  readonly comparison?: Comparison;
}
