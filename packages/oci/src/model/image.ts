import type { Descriptor, Digest, Platform } from '../content/descriptor.js';

/** One line of an image's history (image-spec 1.1, config.md, "history"), oldest first. */
export interface HistoryEntry {
  readonly created?: string;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly author?: string;
  /** True where the instruction made no layer. */
  readonly emptyLayer: boolean;
}

/** Docker's extension of the image config. Durations in nanoseconds. */
export interface Healthcheck {
  readonly test: readonly string[];
  readonly intervalNs?: number;
  readonly timeoutNs?: number;
  readonly startPeriodNs?: number;
  readonly startIntervalNs?: number;
  readonly retries?: number;
}

/** What a container runs with (image-spec 1.1, config.md, "config"), with every default filled in. */
export interface RunConfig {
  readonly user: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[] | undefined;
  readonly cmd: readonly string[] | undefined;
  readonly workingDir: string;
  /** Such as `8080/tcp`, sorted. */
  readonly exposedPorts: readonly string[];
  /** Sorted. */
  readonly volumes: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly stopSignal: string | undefined;
  readonly stopTimeoutSeconds: number | undefined;
  readonly healthcheck: Healthcheck | undefined;
  readonly shell: readonly string[] | undefined;
  readonly onBuild: readonly string[];
  readonly argsEscaped: boolean;
}

/** An image's config blob, parsed and checked. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly created: string | undefined;
  readonly author: string | undefined;
  readonly run: RunConfig;
  /** Bottom to top. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryEntry[];
}

/**
 * The uncompressed tar bytes of one layer. Its digest is checked when the last byte has been read. `diffId` is the one that the
 * source expects it to be; absent where that shows at the end only (an engine's export).
 */
export type LayerReader<T> = (tar: AsyncIterable<Uint8Array>, diffId?: Digest) => Promise<T>;

export interface ReadLayersOptions {
  readonly signal?: AbortSignal;
  /** Layers read at once; default 2 (more gives nothing on one thread). A source that is one stream reads one. */
  readonly concurrency?: number;
  /** Called with the number of compressed or archived bytes read since the last call. */
  readonly onProgress?: (bytes: number) => void;
  /**
   * DiffIds by the digests of layers as they are stored elsewhere. A source that is one stream of stored layers passes over those of
   * them that are not wanted; else it has to unpack each to know which it is. A wrong one can only make a layer be missed.
   */
  readonly storedLayers?: ReadonlyMap<Digest, Digest>;
}

/**
 * One image of one platform, wherever it lives. Immutable; opened by a source, closed by who opened it.
 * Four digests are kept apart: `manifestDigest`, `configDigest`, a layer's `digest` (as stored) and its `diffId` (uncompressed).
 */
export interface Image {
  /** How a person names it, with its source: `daemon://app:latest`, `remote://ghcr.io/acme/app@sha256:…`. */
  readonly name: string;
  /** Absent where the source has no manifest (an engine without Docker's containerd image store, `docker save`). */
  readonly manifestDigest: Digest | undefined;
  /** Of the manifest, above those that its line of an index has; empty where there are none. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Absent where the source gives it only with a whole export, and tells `manifestDigest` (Docker's containerd image store). */
  readonly configDigest: Digest | undefined;
  readonly config: ImageConfig;
  /** As stored, bottom to top, one for each diffId; absent where the source does not store layers as blobs (an engine). */
  readonly layers: readonly Descriptor[] | undefined;
  /**
   * The config's bytes as stored; their digest is `configDigest`. Cheap everywhere but in an engine, which gives them only
   * with a whole export: there they cost nothing after `readLayers`, and one export before it.
   */
  readRawConfig(options?: { readonly signal?: AbortSignal }): Promise<Uint8Array>;
  /**
   * Reads each distinct layer of `diffIds` once, in whatever order the source has them, and gives what `read` made of it.
   * Unknown diffIds are an error of code `not-found`; a layer whose bytes have another digest is one of code `mismatch`,
   * and then nothing that `read` returned for it is given out. A source that is one stream may call `read` for layers that
   * were not asked for and drop what it returned.
   */
  readLayers<T>(
    diffIds: ReadonlySet<Digest>,
    read: LayerReader<T>,
    options?: ReadLayersOptions,
  ): Promise<Map<Digest, T>>;
  /** Frees what was opened. May be called twice. */
  close(): Promise<void>;
}

/** An index (several platforms), or one image seen as an index of one. */
export interface ImageSet {
  readonly name: string;
  /** Of the index or manifest that the name resolved to; absent where the source has none. */
  readonly digest: Digest | undefined;
  readonly isIndex: boolean;
  /** Annotations of the index (or of the manifest). */
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Those that can be opened: attestations and other entries without a runnable platform are left out. Of one image that lies in a
   * repository its config is read for it, once.
   */
  readPlatforms(options?: { readonly signal?: AbortSignal }): Promise<readonly Platform[]>;
  /** Opens the image for one of the platforms. Throws `not-found` for others. */
  open(platform: Platform, options?: { readonly signal?: AbortSignal }): Promise<Image>;
  close(): Promise<void>;
}
