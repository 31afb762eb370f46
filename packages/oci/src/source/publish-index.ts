import type { Descriptor, Digest } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { OciError } from '../errors.js';
import type { Image, ImageSet } from '../model/image.js';
import { parseIndex, parseManifest } from '../model/manifest.js';
import { annotationsField, printManifest } from '../model/print-manifest.js';
import type { Repository, StoredManifest } from '../model/repository.js';
import { fetched, type KnownLayer, type PublishOptions, publishImage } from './publish.js';
import { tagManifest } from './retag.js';

/** As `PublishOptions`; what is of one image is asked for each platform. */
export interface PublishIndexOptions extends Omit<PublishOptions, 'annotations' | 'knownLayers'> {
  readonly annotations?: (image: Image) => Promise<Readonly<Record<string, string>>>;
  readonly knownLayers?: (image: Image) => Promise<ReadonlyMap<Digest, KnownLayer>>;
}

/** The annotation by which BuildKit marks a manifest that is about another, and the one that names it. */
const [ATTESTATION_TYPE, ATTESTED_DIGEST] = ['vnd.docker.reference.type', 'vnd.docker.reference.digest'];

/**
 * Publishes all platforms of `images` as an OCI index (image-spec 1.1, image-index.md), tagged last, and gives its descriptor. The
 * same promises as `publishImage`, for each platform. A platform that has attestations in `source` goes as it is stored, since they
 * name its digest: they go along, and its annotations are put on its line of the index.
 */
export async function publishIndex(
  images: ImageSet,
  repository: Repository,
  options: PublishIndexOptions = {},
): Promise<Descriptor> {
  const { source, signal } = options;
  const attestations = await findAttestations(images, options);
  const platforms: Descriptor[] = [];
  const attesting: Descriptor[] = [];
  for (const platform of await images.readPlatforms({ signal })) {
    const image = await images.open(platform, { signal });
    try {
      const own = attestations.get(image.manifestDigest ?? '') ?? [];
      const published = await publishPlatform(image, own.length > 0, repository, options);
      platforms.push({ ...published, platform });
      if (source) for (const { digest } of own) await copyManifest(source, repository, digest, options);
      attesting.push(...own);
    } finally {
      await image.close();
    }
  }
  const index = indexOf([...platforms, ...attesting], images.annotations);
  if (options.tag === undefined) await repository.pushManifest(index, undefined, { signal });
  else await tagManifest(repository, index, options.tag, { signal });
  for (const tag of options.additionalTags ?? []) await tagManifest(repository, index, tag, { force: true, signal });
  return index.descriptor;
}

/** By digest of the manifest that they are about. */
async function findAttestations(
  { name, digest, isIndex }: ImageSet,
  { source, signal }: PublishIndexOptions,
): Promise<Map<string, Descriptor[]>> {
  const found = new Map<string, Descriptor[]>();
  if (source === undefined || digest === undefined || !isIndex) return found;
  const { bytes, descriptor } = await source.fetchManifest(digest, { signal });
  for (const entry of parseIndex(bytes, descriptor.mediaType, name).manifests) {
    const about = entry.annotations?.[ATTESTED_DIGEST];
    if (about === undefined || entry.annotations?.[ATTESTATION_TYPE] === undefined) continue;
    found.set(about, [...(found.get(about) ?? []), entry]);
  }
  return found;
}

async function publishPlatform(
  image: Image,
  isAttested: boolean,
  repository: Repository,
  options: PublishIndexOptions,
): Promise<Descriptor> {
  const { source, onProgress, signal } = options;
  const annotations = (await options.annotations?.(image)) ?? {};
  if (isAttested && source && image.manifestDigest) {
    const { mediaType, digest, size } = await copyManifest(source, repository, image.manifestDigest, options);
    return { mediaType, digest, size, annotations };
  }
  const knownLayers = await options.knownLayers?.(image);
  return publishImage(image, repository, {
    annotations,
    onProgress,
    signal,
    ...(knownLayers && { knownLayers }),
    ...(source && { source }),
  });
}

/** Copies a manifest and its blobs, byte for byte, under its digest. */
export async function copyManifest(
  source: Repository,
  repository: Repository,
  digest: Digest,
  { onProgress, signal }: Pick<PublishIndexOptions, 'onProgress' | 'signal'>,
): Promise<Descriptor> {
  const stored = await source.fetchManifest(digest, { signal });
  const { config, layers } = parseManifest(stored.bytes, stored.descriptor.mediaType, `${source.name}: ${digest}`);
  for (const blob of [...layers, config]) {
    const isThere = await repository.hasBlob(blob, { signal, toPush: true });
    if (!isThere) await repository.pushBlob(blob, () => fetched(source, blob, signal), { signal });
    onProgress?.({ step: isThere ? 'reused' : 'pushed', digest: blob.digest, sizeBytes: blob.size });
  }
  await repository.pushManifest(stored, undefined, { signal });
  return stored.descriptor;
}

/** An index of these entries, printed in one order; error `invalid` where there are none. */
export function indexOf(
  manifests: readonly Descriptor[],
  annotations: Readonly<Record<string, string>>,
): StoredManifest {
  if (manifests.length === 0) throw new OciError('invalid', 'An index needs a platform; there is none to publish.');
  return printManifest(MEDIA_TYPES.ociIndex, { manifests: manifests.map(entryOf), ...annotationsField(annotations) });
}

/** One order of fields, so that the same images make the same index. */
function entryOf({ mediaType, digest, size, annotations, platform, artifactType }: Descriptor): Descriptor {
  return {
    mediaType,
    digest,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...annotationsField(annotations),
    ...(platform && { platform }),
  };
}
