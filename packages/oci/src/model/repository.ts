import type { BlobDescriptor, Descriptor } from '../content/descriptor.js';
import type { ImageSet } from './image.js';

/** A manifest or index as it is stored: the bytes are never printed anew, so its digest stays. */
export interface StoredManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
}

export interface LookUpOptions extends RequestOptions {
  /**
   * Asked on the way to a push. Some registries tell only who may make a repository that it is not there yet; to ask as one who
   * pushes may make it (Quay does both).
   */
  readonly toPush?: boolean;
}

/** Images, and where their blobs are stored, if they are, to publish from until `close`. An archive is to be read only. */
export interface StoredImages extends ImageSet {
  readonly source?: Repository;
}

/**
 * One repository of images, in a registry or in a folder (OCI image layout). Everything that the product does with published
 * images it does through this; both kinds pass one contract test.
 */
export interface Repository {
  /** How a person names it: `ghcr.io/acme/app`, `oci:.image-registry/app`. */
  readonly name: string;
  /** The descriptor under a tag or digest, by HEAD; `undefined` if the repository answered that it is not there. */
  resolve(reference: string, options?: LookUpOptions): Promise<Descriptor | undefined>;
  /** The bytes under a tag or digest, verified; error `not-found` if it is not there. */
  fetchManifest(reference: string, options?: RequestOptions): Promise<StoredManifest>;
  hasBlob(descriptor: BlobDescriptor, options?: LookUpOptions): Promise<boolean>;
  /** Streams a blob; digest and size are checked while streaming, and a cut connection is resumed by range. */
  fetchBlob(descriptor: BlobDescriptor, options?: RequestOptions): Promise<AsyncIterable<Uint8Array>>;
  /** Stores a blob unless it is there. `open` may be called again for a retry. */
  pushBlob(descriptor: BlobDescriptor, open: () => AsyncIterable<Uint8Array>, options?: RequestOptions): Promise<void>;
  /**
   * Takes a blob over from another repository of the same registry, named as its `name` says; false if that could not be done
   * (push it then).
   */
  mountBlob(descriptor: BlobDescriptor, from: string, options?: RequestOptions): Promise<boolean>;
  /** Stores these bytes under a tag, or by digest alone; the descriptor's digest is of exactly these bytes. */
  pushManifest(manifest: StoredManifest, tag: string | undefined, options?: RequestOptions): Promise<void>;
  /** Every tag; none for a repository that nothing was pushed to. */
  tags(options?: RequestOptions): Promise<string[]>;
}
