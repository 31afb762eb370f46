import type { Descriptor, Digest, Platform } from '../content/descriptor.js';
import { layerFormat } from '../content/media-types.js';
import { readAll } from '../content/read-all.js';
import { isOciError, OciError } from '../errors.js';
import type { Image, ImageSet } from '../model/image.js';
import { CONFIG_LIMIT_BYTES, parseImageConfig } from '../model/image-config.js';
import { assertImageManifest, assertSameLayers, type Manifest, parseManifestOrIndex } from '../model/manifest.js';
import { formatPlatform, samePlatform } from '../model/platform.js';
import type { Repository, RequestOptions, StoredManifest } from '../model/repository.js';
import { readStoredLayers, type StoredLayer } from './stored-layers.js';

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
    assertImageManifest(parsed, name);
    // Read when it is asked for: where two digests are the same, nobody asks.
    let image: Promise<Image> | undefined;
    const open = ({ signal }: RequestOptions) => {
      image ??= openImage(repository, stored, parsed, name, signal);
      return image;
    };
    return {
      ...common,
      isIndex: false,
      readPlatforms: async (request = {}) => [(await open(request)).config.platform],
      open: async (platform, request = {}) => {
        const opened = await open(request);
        if (samePlatform(platform, opened.config.platform)) return opened;
        throw noPlatform(name, platform, [opened.config.platform]);
      },
    };
  }
  const entries = parsed.manifests.filter(isRunnable);
  const platforms = entries.map((entry) => entry.platform);
  return {
    ...common,
    isIndex: true,
    readPlatforms: async () => platforms,
    open: async (platform, { signal } = {}) => {
      const entry = entries.find((candidate) => samePlatform(candidate.platform, platform));
      if (entry === undefined) throw noPlatform(name, platform, platforms);
      const what = `${name} (${formatPlatform(entry.platform)})`;
      const manifest = await repository.fetchManifest(entry.digest, { signal });
      const image = parseManifestOrIndex(manifest.bytes, entry.mediaType, what);
      if (image.kind === 'manifest') {
        assertImageManifest(image, what);
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
    readLayers: async (diffIds, read, options) => {
      const layers = [...diffIds].map((diffId) => {
        const layer = manifest.layers[config.diffIds.indexOf(diffId)];
        if (layer === undefined) throw new OciError('not-found', `${name}: has no layer with diffId ${diffId}`);
        return storedLayer(repository, layer, diffId, `layer ${layer.digest} of ${name}`);
      });
      return readStoredLayers(layers, read, options);
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
  const stream = await repository.fetchBlob(config, { signal });
  return readAll(stream, CONFIG_LIMIT_BYTES, what);
}

/** Throws `unsupported` at once for what is no layer that can be read. */
function storedLayer(repository: Repository, layer: Descriptor, diffId: Digest, what: string): StoredLayer {
  layerFormat(layer.mediaType, what);
  return { diffId, what: `${what}, uncompressed`, open: (signal) => openBlob(repository, layer, what, signal) };
}

async function openBlob(
  repository: Repository,
  layer: Descriptor,
  what: string,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await repository.fetchBlob(layer, { signal });
  } catch (error) {
    if (!isOciError(error, 'not-found') || layerFormat(layer.mediaType, what).distributable) throw error;
    throw new OciError('unsupported', `${what}: a foreign layer, which the registry does not have`, {
      hint: 'Its content lies at an address outside of the registry, and is not fetched from there.',
      cause: error,
    });
  }
}
