import type { Digest, Image, ImageSet, Repository } from '@image-versions/oci';
import type { Container } from '../options/container-options.js';

export interface BuildRequest {
  readonly workspaceRoot: string;
  readonly container: Container;
  /** Uses no layer of an earlier build, and the newest bases. */
  readonly isFresh: boolean;
  /** Leaves the image where a person finds it by `reference`; else it may be gone after `close`. */
  readonly keeps: boolean;
  /** Whether the image may be pushed to its repository, without a tag, before it is known whether it changed. */
  readonly mayPush: boolean;
  /** Base references, ARGs filled in, with what the registry has under them; see `BaseDigest`. */
  readonly bases: ReadonlyMap<string, string>;
  /** A line of what the builder says. */
  readonly onOutput: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** An image that was built, opened where it lies. */
export interface BuiltImage {
  /** For records: the builder and its version. */
  readonly builder: string;
  /** What a person finds it by. */
  readonly reference: string;
  /** As one of perhaps several platforms. */
  readonly images: ImageSet;
  /** The one platform that was built, or the first of several. */
  readonly image: Image;
  /** Where its layers are stored compressed, if they are: published from there as they are. */
  readonly source?: Repository;
  /** Base reference to the digest, or the engine's ID, that was built on. */
  readonly bases: Readonly<Record<string, string>>;
  /** Layers that come from its base, bottom to top, of all platforms; empty where that is not known. */
  readonly baseDiffIds: readonly Digest[];
  close(): Promise<void>;
}

/** One way to build images. */
export interface Builder {
  readonly name: string;
  /** Errors: `build-failed` with the output's end; those of what it builds with. */
  build(request: BuildRequest): Promise<BuiltImage>;
}
