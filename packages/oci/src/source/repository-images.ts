import pLimit from 'p-limit';
import { decompress } from '../archive/decompress.js';
import type { Descriptor, Digest, Platform } from '../content/descriptor.js';
import { layerFormat } from '../content/media-types.js';
import { readAll } from '../content/read-all.js';
import { digestCheckedStream } from '../content/verified-stream.js';
import { isOciError, OciError } from '../errors.js';
import type { Image, ImageConfig, ImageSet, LayerReader, ReadLayersOptions } from '../model/image.js';
import { CONFIG_LIMIT_BYTES, parseImageConfig } from '../model/image-config.js';
import { assertImageManifest, assertSameLayers, type Manifest, parseManifestOrIndex } from '../model/manifest.js';
import { formatPlatform, samePlatform } from '../model/platform.js';
import type { Repository, RequestOptions, StoredManifest } from '../model/repository.js';
import { counted } from './counted.js';

const DEFAULT_CONCURRENCY = 2;

/**
 * Opens what a tag or digest of a repository names, in a registry or in a folder. `name` is how a person names it, source
 * included. Throws `not-found`, `unsupported` for what is no image, and what the repository throws.
 */
export async function openRepositoryImages(
  repository: Repository,
  reference: string,
  options: RequestOptions & { readonly name?: string } = {},
): Promise<ImageSet> {
  const name = options.name ?? `${repository.name}${reference.includes(':') ? '@' : ':'}${reference}`;
  const stored = await repository.fetchManifest(reference, options);
  const parsed = parseManifestOrIndex(stored.bytes, stored.descriptor.mediaType, name);
  const common = { name, digest: stored.descriptor.digest, annotations: parsed.annotations, close: async () => {} };
  if (parsed.kind === 'manifest') {
    const image = await openImage(repository, stored, parsed, name, options.signal);
    return {
      ...common,
      isIndex: false,
      platforms: [image.config.platform],
      open: async (platform) => {
        if (samePlatform(platform, image.config.platform)) return image;
        throw noPlatform(name, platform, [image.config.platform]);
      },
    };
  }
  const entries = parsed.manifests.filter(isRunnable);
  const platforms = entries.map((entry) => entry.platform);
  return {
    ...common,
    isIndex: true,
    platforms,
    open: async (platform, { signal } = {}) => {
      const entry = entries.find((candidate) => samePlatform(candidate.platform, platform));
      if (entry === undefined) throw noPlatform(name, platform, platforms);
      const what = `${name} (${formatPlatform(entry.platform)})`;
      const manifest = await repository.fetchManifest(entry.digest, signal === undefined ? {} : { signal });
      const image = parseManifestOrIndex(manifest.bytes, entry.mediaType, what);
      if (image.kind === 'manifest') {
        const opened = await openImage(repository, manifest, image, what, signal);
        return { ...opened, annotations: { ...entry.annotations, ...image.annotations } };
      }
      throw new OciError('unsupported', `${what}: the index has another index in it`);
    },
  };
}

type RunnableEntry = Descriptor & { readonly platform: Platform };

/** Attestations are listed as `unknown/unknown`, or refer to the image that they are about. */
function isRunnable(entry: Descriptor): entry is RunnableEntry {
  const { platform, annotations } = entry;
  if (platform === undefined || annotations?.['vnd.docker.reference.type'] !== undefined) return false;
  return ![platform.os, platform.architecture].some((part) => part === '' || part === 'unknown');
}

function noPlatform(name: string, wanted: Platform, present: readonly Platform[]): OciError {
  const shown = present.map(formatPlatform).join(', ') || 'none';
  return new OciError('not-found', `${name}: no image for ${formatPlatform(wanted)}, only for: ${shown}`);
}

async function openImage(
  repository: Repository,
  stored: StoredManifest,
  manifest: Manifest,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Image> {
  assertImageManifest(manifest, name);
  const rawConfig = await readConfig(repository, manifest, name, signal);
  const config = parseImageConfig(rawConfig, `config of ${name}`);
  assertSameLayers(manifest, config, name);
  return {
    name,
    manifestDigest: stored.descriptor.digest,
    annotations: manifest.annotations,
    configDigest: manifest.config.digest,
    config,
    layers: manifest.layers,
    readRawConfig: async () => rawConfig,
    readLayers: async (diffIds, read, options = {}) => {
      const blobs = blobsOf(diffIds, manifest, config, name);
      return readLayers(repository, blobs, read, name, options);
    },
    close: async () => {},
  };
}

async function readConfig(
  repository: Repository,
  { config }: Manifest,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const what = `config of ${name}`;
  if (config.size > CONFIG_LIMIT_BYTES) {
    throw new OciError('limit', `${what}: ${config.size} bytes, more than the ${CONFIG_LIMIT_BYTES} that are read`);
  }
  const stream = await repository.fetchBlob(config, signal === undefined ? {} : { signal });
  return readAll(stream, CONFIG_LIMIT_BYTES, what);
}

/** The blob of each wanted diffId. A layer that is there twice is one. */
function blobsOf(
  diffIds: ReadonlySet<Digest>,
  manifest: Manifest,
  config: ImageConfig,
  name: string,
): Map<Digest, Descriptor> {
  const blobs = new Map<Digest, Descriptor>();
  for (const diffId of diffIds) {
    const layer = manifest.layers[config.diffIds.indexOf(diffId)];
    if (layer === undefined) throw new OciError('not-found', `${name}: has no layer with diffId ${diffId}`);
    layerFormat(layer.mediaType, `layer ${layer.digest} of ${name}`);
    blobs.set(diffId, layer);
  }
  return blobs;
}

/** A failure stops the other layers that are being read, and is thrown when they have stopped. */
async function readLayers<T>(
  repository: Repository,
  blobs: ReadonlyMap<Digest, Descriptor>,
  read: LayerReader<T>,
  name: string,
  options: ReadLayersOptions,
): Promise<Map<Digest, T>> {
  const limit = pLimit(options.concurrency ?? DEFAULT_CONCURRENCY);
  const failed = new AbortController();
  const signal = options.signal === undefined ? failed.signal : AbortSignal.any([options.signal, failed.signal]);
  const results = new Map<Digest, T>();
  const errors: unknown[] = [];
  const jobs = [...blobs].map(([diffId, layer]) =>
    limit(async () => {
      if (errors.length > 0) return;
      results.set(diffId, await readLayer(repository, diffId, layer, read, name, { ...options, signal }));
    }).catch((error: unknown) => {
      errors.push(error);
      failed.abort();
    }),
  );
  await Promise.all(jobs);
  if (errors.length > 0) throw errors[0];
  return results;
}

/** Reads to the very end, also where `read` stopped at the archive's end: what follows counts for the digests too. */
async function readLayer<T>(
  repository: Repository,
  diffId: Digest,
  layer: Descriptor,
  read: LayerReader<T>,
  name: string,
  { signal, onProgress }: ReadLayersOptions,
): Promise<T> {
  const what = `layer ${layer.digest} of ${name}`;
  const stored = counted(await openBlob(repository, layer, what, signal), onProgress);
  const tar = digestCheckedStream(decompress(stored), diffId, `${what}, uncompressed`);
  try {
    const result = await read({ [Symbol.asyncIterator]: () => ({ next: () => tar.next() }) }, diffId);
    while ((await tar.next()).done !== true);
    return result;
  } finally {
    await tar.return();
  }
}

async function openBlob(
  repository: Repository,
  layer: Descriptor,
  what: string,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await repository.fetchBlob(layer, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!isOciError(error, 'not-found') || layerFormat(layer.mediaType, what).distributable) throw error;
    throw new OciError('unsupported', `${what}: a foreign layer, which the registry does not have`, {
      hint: 'Its content lies at an address outside of the registry, and is not fetched from there.',
      cause: error,
    });
  }
}
