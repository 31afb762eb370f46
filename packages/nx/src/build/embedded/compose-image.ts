import {
  type Descriptor,
  type Digest,
  type Image,
  type ImageSet,
  MEDIA_TYPES,
  OciError,
  oneChunk,
  openRepositoryImages,
  printManifest,
  type Repository,
  type StoredManifest,
  sha256Digest,
} from '@image-versions/oci';
import { openFirst } from '../open-first.js';

/** A layer of the image, and where it is stored. */
export interface ImageLayer {
  readonly diffId: Digest;
  readonly descriptor: Descriptor;
  readonly repository: Repository;
}

/** What was built, ready to be compared and published. */
export interface ComposedImage {
  readonly images: ImageSet;
  readonly image: Image;
  /** Gives out every layer, wherever it lies: `source` of `publishImage`. */
  readonly source: Repository;
}

/** Opens an image of layers that lie in several repositories. The new ones and the config go to, or are in, `own`. */
export async function composeImage(
  name: string,
  config: Buffer,
  layers: readonly ImageLayer[],
  own: Repository,
): Promise<ComposedImage> {
  const configDescriptor = { mediaType: MEDIA_TYPES.ociConfig, digest: sha256Digest(config), size: config.length };
  await own.pushBlob(configDescriptor, () => oneChunk(config));
  const manifest = manifestOf(configDescriptor, layers);
  const repositories = new Map(layers.map(({ descriptor, repository }) => [descriptor.digest, repository]));
  const holder = ({ digest }: Pick<Descriptor, 'digest'>) => repositories.get(digest) ?? own;
  const source: Repository = {
    ...own,
    async fetchManifest(reference) {
      if (reference === manifest.descriptor.digest) return manifest;
      throw new OciError('not-found', `${name}: has no manifest ${reference}`);
    },
    fetchBlob: (descriptor, options) => holder(descriptor).fetchBlob(descriptor, options),
    hasBlob: (descriptor, options) => holder(descriptor).hasBlob(descriptor, options),
  };
  const images = await openRepositoryImages(source, manifest.descriptor.digest, { name });
  return { images, image: await openFirst(images), source };
}

function manifestOf(config: Descriptor, layers: readonly ImageLayer[]): StoredManifest {
  return printManifest(MEDIA_TYPES.ociManifest, {
    config,
    layers: layers.map(({ descriptor: { mediaType, digest, size, annotations } }) => {
      return { mediaType, digest, size, ...(annotations && { annotations }) };
    }),
  });
}
