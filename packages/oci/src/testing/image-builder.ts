import { gzipSync } from 'node:zlib';
import type { Descriptor, Digest, Platform } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { printManifest } from '../model/print-manifest.js';
import type { Repository, StoredManifest } from '../model/repository.js';
import { type TarLiteral, writeTar } from './tar-writer.js';

/** A layer as its entries, or with what a Dockerfile's line says about it. */
export type LayerLiteral =
  | readonly TarLiteral[]
  | {
      readonly files: readonly TarLiteral[];
      readonly createdBy?: string;
      /** Default `gzip`. */
      readonly compression?: 'gzip' | 'none';
      /** Replaces the media type that format and compression give. */
      readonly mediaType?: string;
    };

/** An image as a tree of literals. The same literal always gives the same digests. */
export interface ImageLiteral {
  /** Bottom to top. */
  readonly layers: readonly LayerLiteral[];
  /** The config's `config` object in Docker's spelling: `{ Env: ['A=1'], Cmd: [...] }`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** More top-level fields of the config, such as `created` or `history`, as they are written. */
  readonly configFields?: Readonly<Record<string, unknown>>;
  /** Default `linux/amd64`. */
  readonly platform?: Platform;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Default `oci`. */
  readonly format?: 'oci' | 'docker';
}

/** A blob in memory with its descriptor. */
export interface BuiltBlob {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

export interface BuiltLayer extends BuiltBlob {
  readonly diffId: Digest;
  /** Uncompressed. */
  readonly tar: Uint8Array;
}

export interface BuiltImage {
  readonly manifest: StoredManifest;
  readonly config: BuiltBlob;
  readonly layers: readonly BuiltLayer[];
  readonly platform: Platform;
}

/** Builds an image in memory. */
export function buildImage(literal: ImageLiteral): BuiltImage {
  const format = literal.format ?? 'oci';
  const platform = literal.platform ?? { os: 'linux', architecture: 'amd64' };
  const layers = literal.layers.map((layer) => buildLayer(layer, format));
  const config = blob(
    format === 'oci' ? MEDIA_TYPES.ociConfig : MEDIA_TYPES.dockerConfig,
    json({
      ...platform,
      config: literal.config ?? {},
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
      history: literal.layers.map((layer) => ({ created_by: ('createdBy' in layer && layer.createdBy) || 'COPY . .' })),
      ...literal.configFields,
    }),
  );
  const mediaType = format === 'oci' ? MEDIA_TYPES.ociManifest : MEDIA_TYPES.dockerManifest;
  const manifest = printManifest(mediaType, {
    config: config.descriptor,
    layers: layers.map((layer) => layer.descriptor),
    ...(literal.annotations && { annotations: literal.annotations }),
  });
  return { manifest, config, layers, platform };
}

/** An OCI index over images, and over entries without a platform of their own (attestations) given as descriptors. */
export function buildIndex(
  images: readonly BuiltImage[],
  options: { readonly annotations?: Readonly<Record<string, string>>; readonly others?: readonly Descriptor[] } = {},
): StoredManifest {
  return printManifest(MEDIA_TYPES.ociIndex, {
    manifests: [
      ...images.map(({ manifest, platform }) => ({ ...manifest.descriptor, platform })),
      ...(options.others ?? []),
    ],
    ...(options.annotations && { annotations: options.annotations }),
  });
}

/** A descriptor for bytes. */
export function blob(mediaType: string, content: Uint8Array | string): BuiltBlob {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { descriptor: { mediaType, digest: sha256Digest(bytes), size: bytes.byteLength }, bytes };
}

/** Pushes an image's blobs and its manifest, under `tag` if there is one. */
export async function pushImage(repository: Repository, image: BuiltImage, tag?: string): Promise<void> {
  for (const { descriptor, bytes } of [...image.layers, image.config]) {
    await repository.pushBlob(descriptor, () => oneChunk(bytes));
  }
  await repository.pushManifest(image.manifest, tag);
}

function buildLayer(layer: LayerLiteral, format: 'oci' | 'docker'): BuiltLayer {
  const literal = 'files' in layer ? layer : { files: layer };
  const tar = writeTar(literal.files);
  const plain = literal.compression === 'none';
  const types = {
    oci: plain ? MEDIA_TYPES.ociLayer : MEDIA_TYPES.ociLayerGzip,
    docker: plain ? MEDIA_TYPES.dockerLayer : MEDIA_TYPES.dockerLayerGzip,
  };
  const bytes = plain ? tar : gzipSync(tar);
  return { ...blob(literal.mediaType ?? types[format], bytes), diffId: sha256Digest(tar), tar };
}

const json = (value: unknown): string => JSON.stringify(value);
