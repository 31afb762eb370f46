import type { Digest, Platform } from '../content/descriptor.js';
import type { RequestOptions } from '../model/repository.js';
import type { BuildOptions } from './engine-build.js';
import type { TransferOptions } from './engine-transfer.js';

/** An image as the engine lists it. */
export interface EngineImage {
  /** What the engine calls it, and finds it by wherever its tags go. */
  readonly id: string;
  /** Absent where the engine keeps manifests (Docker's containerd image store), whose `id` is a manifest's or index's digest. */
  readonly configDigest: Digest | undefined;
  /** There only, and where the engine tells which manifest of an index it is (API 1.48, Docker 28). */
  readonly manifestDigest: Digest | undefined;
  readonly diffIds: readonly Digest[];
  /** As the engine writes them: Podman puts `docker.io/` or `localhost/` in front. */
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  readonly platform: Platform;
  /** The config in the form of image-spec 1.1 (config.md), without its history. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** One step of an image's history as an engine tells it, oldest first. `id` is the image made by it, if still there. */
export interface EngineHistoryEntry {
  readonly id: Digest | undefined;
  readonly created: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly sizeBytes: number;
}

/** A container engine that answers: Docker, or Podman behind the same API. */
export interface Engine {
  /** For people: `Docker 28.2.2 at unix:///var/run/docker.sock`. */
  readonly name: string;
  readonly version: string;
  readonly kind: 'docker' | 'podman';
  /** `undefined` where the engine has no image of that name or ID. */
  inspect(reference: string, options?: RequestOptions): Promise<EngineImage | undefined>;
  history(reference: string, options?: RequestOptions): Promise<EngineHistoryEntry[]>;
  /** Gives `source` (name or ID) a further name. Error `not-found`. */
  tag(source: string, target: string, options?: RequestOptions): Promise<void>;
  /** Takes a name off; the image goes with its last one. True if there was one. Error `conflict` where a container uses it. */
  remove(reference: string, options?: RequestOptions): Promise<boolean>;
  pull(reference: string, options?: TransferOptions): Promise<void>;
  push(reference: string, options?: TransferOptions): Promise<Digest>;
  /** The bytes of `docker save`, while they come. Leaving the loop closes the connection. Error `not-found`. */
  save(references: readonly string[], options?: RequestOptions): AsyncIterable<Uint8Array>;
  /** Builds from a folder; see `BuildOptions`. Errors: `build-failed`, with step and output; `invalid`; `aborted`. */
  build(options: BuildOptions): Promise<EngineImage>;
}
