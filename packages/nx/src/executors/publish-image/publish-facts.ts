import type { Comparison } from '@image-versions/diff';
import type { Image, ImageSet, PublishProgress, Repository } from '@image-versions/oci';
import type { BuiltImage } from '../../build/builder.js';
import type { PublishRequest } from '../../options/publish-options.js';
import type { Reason } from '../../plan/record.js';
import type { VersionedContainer } from '../container.js';

/** What git says, as the hook tells it. */
export interface Commit {
  /** Seven hex digits, or empty. */
  readonly commit: string;
  /** The first files that differ from it; empty where none does. */
  readonly changes: string;
  readonly gitProblem: string;
}

/** All that publishing one image needs of the world outside. */
export interface PublishTools {
  readonly repository: Repository;
  build(isFresh: boolean): Promise<BuiltImage>;
  compare(before: ImageSet, built: BuiltImage): Promise<Comparison>;
  /** Fingerprint annotations, which save the next comparison its download. */
  annotations(image: Image): Promise<Record<string, string>>;
  /** Told each step of a push. */
  onPush(step: PublishProgress): void;
  /** Ends what waits for the registry. */
  readonly signal?: AbortSignal;
  /** Which inputs changed since a version was published with these annotations. */
  changedInputs(annotations: Readonly<Record<string, string>>, built: BuiltImage): Promise<Reason[]>;
}

export interface PublishFacts {
  readonly container: VersionedContainer;
  readonly request: PublishRequest;
  /** Whether Nx was told to skip its caches: it takes no result from them, and puts none there. */
  readonly skipsCache: boolean;
  readonly git: Commit;
}
