import { OciError } from '../errors.js';

/** The media types of image-spec 1.1 (media-types.md) and of Docker's "Image Manifest V 2, Schema 2". */
export const MEDIA_TYPES = {
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerManifestList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const;

/** Every manifest and index that is understood: what an `Accept` header lists. */
export const MANIFEST_MEDIA_TYPES: readonly string[] = [
  MEDIA_TYPES.ociIndex,
  MEDIA_TYPES.dockerManifestList,
  MEDIA_TYPES.ociManifest,
  MEDIA_TYPES.dockerManifest,
];

/** An OCI index or a Docker manifest list. */
export const isIndexMediaType = (mediaType: string): boolean =>
  mediaType === MEDIA_TYPES.ociIndex || mediaType === MEDIA_TYPES.dockerManifestList;

/** An OCI or Docker v2s2 manifest. */
export const isManifestMediaType = (mediaType: string): boolean =>
  mediaType === MEDIA_TYPES.ociManifest || mediaType === MEDIA_TYPES.dockerManifest;

/** A manifest of Docker's schema 1, signed or not; no longer supported by anyone. */
export const isSchema1MediaType = (mediaType: string): boolean =>
  /^application\/vnd\.docker\.distribution\.manifest\.v1\+(json|prettyjws)$/.test(mediaType);

/** A container image's config. Docker before 1.10 pushed it as `application/octet-stream`. */
export const isImageConfigMediaType = (mediaType: string): boolean =>
  mediaType === MEDIA_TYPES.ociConfig ||
  mediaType === MEDIA_TYPES.dockerConfig ||
  mediaType === 'application/octet-stream';

/** How a layer blob is stored. */
export interface LayerFormat {
  readonly compression: 'none' | 'gzip' | 'zstd';
  /** False for foreign ("non-distributable") layers, which a registry need not have. */
  readonly distributable: boolean;
}

const OCI_LAYER = /^application\/vnd\.oci\.image\.layer\.(nondistributable\.)?v1\.tar(?:\+(gzip|zstd))?$/;
const DOCKER_LAYER = /^application\/vnd\.docker\.image\.rootfs\.(foreign\.)?diff\.tar(?:\.(gzip|zstd))?$/;

/** A layer's format by its media type. Throws `unsupported` for encrypted layers and for what is no file-system layer. */
export function layerFormat(mediaType: string, what = 'layer'): LayerFormat {
  if (mediaType.endsWith('+encrypted')) {
    throw new OciError('unsupported', `${what}: the layer is encrypted (${mediaType}); its content can't be read`);
  }
  const match = OCI_LAYER.exec(mediaType) ?? DOCKER_LAYER.exec(mediaType);
  if (match === null) {
    throw new OciError(
      'unsupported',
      `${what}: expected a layer of a container image, got media type ${JSON.stringify(mediaType.slice(0, 200))}`,
      { hint: 'This may be an artifact (a chart, a signature, a policy), not an image.' },
    );
  }
  return { compression: (match[2] as 'gzip' | 'zstd' | undefined) ?? 'none', distributable: match[1] === undefined };
}
