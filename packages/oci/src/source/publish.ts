import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Descriptor, Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { layerFormat, MEDIA_TYPES } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { verifyBytes } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import type { Image } from '../model/image.js';
import { annotationsField, printManifest } from '../model/print-manifest.js';
import type { Repository, StoredManifest } from '../model/repository.js';
import { inParallel } from './in-parallel.js';
import { readSpooled, spoolLayer } from './publish-layer.js';
import { tagManifest } from './retag.js';

/** A layer that is stored compressed somewhere in the registry. */
export interface KnownLayer {
  readonly descriptor: Descriptor;
  /** The `name` of the repository that has it, if not the one that is published to. */
  readonly from?: string;
}

/** One step of a publication, with the size in bytes of what it was about. */
export interface PublishProgress {
  readonly step: 'reused' | 'mounted' | 'compressed' | 'pushed';
  readonly digest: Digest;
  readonly sizeBytes: number;
}

export interface PublishOptions {
  /** Must be free, or hold just this image; else nothing is tagged and the error is `conflict`. None: by digest alone. */
  readonly tag?: string;
  /** Put after `tag`, wherever they are: `latest`. */
  readonly additionalTags?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** By diffId; layers of the version before and of the base image. */
  readonly knownLayers?: ReadonlyMap<Digest, KnownLayer>;
  /** Where the image itself is stored, if in a repository: then its layers are copied as they are and not compressed anew. */
  readonly source?: Repository;
  readonly onProgress?: (progress: PublishProgress) => void;
  readonly signal?: AbortSignal;
}

/** Blobs pushed at once: as many as Docker does by default. */
const concurrentPushes = 5;

/**
 * Pushes an image as an OCI manifest (image-spec 1.1, manifest.md) and gives its descriptor. A layer that the repository has is
 * not sent, one that its registry has elsewhere is mounted; of the rest each is read once, compressed, and pushed. The manifest
 * goes last: who fails before it leaves blobs, which the registry collects, and no tag.
 * The same layer gives the same bytes with one version of Node's zlib on one kind of processor.
 */
export async function publishImage(
  image: Image,
  repository: Repository,
  options: PublishOptions = {},
): Promise<Descriptor> {
  const { signal } = options;
  const stored = await findStored(image, repository, options);
  const missing = new Set(image.config.diffIds.filter((diffId) => !stored.has(diffId)));
  const layers =
    missing.size > 0 ? new Map([...stored, ...(await pushMissing(image, repository, missing, options))]) : stored;

  const config = await image.readRawConfig({ signal });
  const digest = image.configDigest ?? sha256Digest(config);
  verifyBytes(config, { digest }, `config of ${image.name}`);
  const configDescriptor = { mediaType: MEDIA_TYPES.ociConfig, digest, size: config.byteLength };
  await repository.pushBlob(configDescriptor, () => oneChunk(config), { signal });

  const manifest = manifestOf(image, configDescriptor, layers, options.annotations ?? {});
  if (options.tag === undefined) await repository.pushManifest(manifest, undefined, { signal });
  else await tagManifest(repository, manifest, options.tag, { signal });
  for (const tag of options.additionalTags ?? []) await tagManifest(repository, manifest, tag, { force: true, signal });
  return manifest.descriptor;
}

/** The layers that need no reading, by diffId: in the repository, mounted into it, or copied from the image's own. */
async function findStored(
  image: Image,
  repository: Repository,
  { knownLayers, source, onProgress, signal }: PublishOptions,
): Promise<Map<Digest, Descriptor>> {
  const stored = new Map<Digest, Descriptor>();
  await inParallel(new Set(image.config.diffIds), concurrentPushes, signal, async (diffId, signal) => {
    const own = image.layers?.[image.config.diffIds.indexOf(diffId)];
    const known = knownLayers?.get(diffId);
    for (const candidate of [known, own && source && { descriptor: own, from: source.name, source }]) {
      if (!candidate || !layerFormat(candidate.descriptor.mediaType, image.name).distributable) continue;
      const { descriptor } = candidate;
      const step = await take(repository, candidate, signal);
      if (step === undefined) continue;
      onProgress?.({ step, digest: descriptor.digest, sizeBytes: descriptor.size });
      stored.set(diffId, descriptor);
      return;
    }
  });
  return stored;
}

async function take(
  repository: Repository,
  { descriptor, from, source }: KnownLayer & { readonly source?: Repository },
  signal: AbortSignal,
): Promise<PublishProgress['step'] | undefined> {
  if (await repository.hasBlob(descriptor, { signal, toPush: true })) return 'reused';
  if (from !== undefined && (await repository.mountBlob(descriptor, from, { signal }))) return 'mounted';
  if (source === undefined) return undefined;
  await repository.pushBlob(descriptor, () => fetched(source, descriptor, signal), { signal });
  return 'pushed';
}

async function pushMissing(
  image: Image,
  repository: Repository,
  missing: ReadonlySet<Digest>,
  { onProgress, signal }: PublishOptions,
): Promise<Map<Digest, Descriptor>> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-publish-'));
  try {
    let count = 0;
    const read = async (tar: AsyncIterable<Uint8Array>) => {
      const layer = await spoolLayer(tar, missing, folder, String(count++), signal);
      if (layer)
        onProgress?.({ step: 'compressed', digest: layer.descriptor.digest, sizeBytes: layer.descriptor.size });
      return layer;
    };
    const spooled = await image.readLayers(missing, read, { signal });
    const layers = [...spooled.values()].filter((layer) => layer !== undefined);
    await inParallel(layers, concurrentPushes, signal, async (layer, signal) => {
      await repository.pushBlob(layer.descriptor, () => readSpooled(layer), { signal });
      onProgress?.({ step: 'pushed', digest: layer.descriptor.digest, sizeBytes: layer.descriptor.size });
    });
    return new Map(layers.map((layer) => [layer.diffId, layer.descriptor]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function manifestOf(
  image: Image,
  config: Descriptor,
  stored: ReadonlyMap<Digest, Descriptor>,
  annotations: Readonly<Record<string, string>>,
): StoredManifest {
  const layers = image.config.diffIds.map((diffId) => {
    const layer = stored.get(diffId);
    if (layer === undefined) throw new OciError('not-found', `${image.name} did not give its layer ${diffId}.`);
    const { mediaType, digest, size, annotations } = layer;
    return { mediaType: ociLayerType(mediaType), digest, size, ...(annotations && { annotations }) };
  });
  return printManifest(MEDIA_TYPES.ociManifest, { config, layers, ...annotationsField(annotations) });
}

/** Docker's name and OCI's for the same bytes. */
function ociLayerType(mediaType: string): string {
  const types = { none: MEDIA_TYPES.ociLayer, gzip: MEDIA_TYPES.ociLayerGzip, zstd: MEDIA_TYPES.ociLayerZstd };
  return types[layerFormat(mediaType).compression];
}

/** A blob of another repository, asked for when it is read. */
export async function* fetched(source: Repository, descriptor: Descriptor, signal: AbortSignal | undefined) {
  yield* await source.fetchBlob(descriptor, { signal });
}
