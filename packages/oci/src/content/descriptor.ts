/** `sha256:<64 hex>`, or `sha512:<128 hex>` (image-spec 1.1, descriptor.md, "Digests"). Checked by `parseDigest`. */
export type Digest = `${string}:${string}`;

/** image-spec 1.1, descriptor.md. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly urls?: readonly string[];
  readonly artifactType?: string;
}

/** What a blob is known and checked by. */
export type BlobDescriptor = Pick<Descriptor, 'digest' | 'size'>;

/** image-spec 1.1, image-index.md, "platform". */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
}
