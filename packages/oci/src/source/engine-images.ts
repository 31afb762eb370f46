import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { isOciError, OciError } from '../errors.js';
import type { Image, ImageConfig, ImageSet, LayerReader, ReadLayersOptions } from '../model/image.js';
import { parseImageConfig } from '../model/image-config.js';
import { formatPlatform, samePlatform } from '../model/platform.js';
import type { RequestOptions } from '../model/repository.js';
import type { Engine, EngineImage } from './engine.js';
import { exportPaths } from './engine-export-paths.js';
import { resolveHistory } from './engine-history.js';
import { blobPath } from './layout-format.js';
import { documentOf, readSaveStream, type SaveStream } from './save-stream.js';

/**
 * Opens what a name or ID stands for in the engine; tags that move later don't matter. Nothing is exported before layers are
 * read, except for the config where the engine does not tell it fully (a history that `resolveHistory` leaves open; Podman), or
 * knows neither its digest nor the manifest's (Docker's containerd image store before API 1.48): that takes one export. Times in the
 * history are in whole seconds.
 * Errors: `not-found`, with a hint; those of the engine.
 */
export async function openEngineImages(
  engine: Engine,
  reference: string,
  options: RequestOptions = {},
): Promise<ImageSet> {
  const name = `daemon://${reference}`;
  const found = await engine.inspect(reference, options);
  if (found === undefined) {
    throw new OciError('not-found', `${name}: ${engine.name} has no such image.`, {
      hint: 'Build or pull it first; `docker images` lists what is there.',
    });
  }
  const image = await openImage(engine, found, name, options.signal);
  const { platform } = image.config;
  return {
    name,
    digest: undefined,
    isIndex: false,
    annotations: {},
    readPlatforms: async () => [platform],
    async open(wanted) {
      if (samePlatform(wanted, platform)) return image;
      const what = `${name}: is an image for ${formatPlatform(platform)}, not for ${formatPlatform(wanted)}`;
      throw new OciError('not-found', what, { hint: 'Build or pull it for that platform.' });
    },
    async close() {},
  };
}

async function openImage(
  engine: Engine,
  found: EngineImage,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Image> {
  let raw: Uint8Array | undefined;
  const known = exportPaths(found.diffIds);

  const readExport = async <T>(diffIds: ReadonlySet<Digest>, read: LayerReader<T>, options: ReadLayersOptions) => {
    const stream = engine.save([found.id], { signal: options.signal });
    const { onProgress, signal, storedLayers = new Map<Digest, Digest>() } = options;
    for (const [blob, diffId] of storedLayers) known.set(blobPath(blob), diffId);
    const result = await readSaveStream(stream, { name, diffIds, read, known, onProgress, signal });
    for (const [path, diffId] of result.paths) known.set(path, diffId);
    raw ??= configIn(result.documents, found);
    return result;
  };
  const readRawConfig = async (signal: AbortSignal | undefined) => {
    if (raw === undefined) await readExport(new Set(), async () => undefined, { signal });
    if (raw !== undefined) return raw;
    throw new OciError(
      'mismatch',
      `${name}: the engine's export does not have the image's config ${found.configDigest}.`,
    );
  };

  const config = await readConfig(engine, found, name, () => readRawConfig(signal), signal);
  const { manifestDigest } = found;
  const isKnown = found.configDigest !== undefined || manifestDigest !== undefined;
  const configDigest = isKnown ? found.configDigest : sha256Digest(await readRawConfig(signal));
  return {
    name,
    manifestDigest,
    annotations: {},
    configDigest,
    config,
    layers: undefined,
    readRawConfig: (options = {}) => readRawConfig(options.signal),
    async readLayers(diffIds, read, options = {}) {
      const unknown = [...diffIds].find((diffId) => !config.diffIds.includes(diffId));
      if (unknown) throw new OciError('not-found', `${name}: has no layer with diffId ${unknown}`);
      if (diffIds.size === 0) return new Map();
      return (await readExport(diffIds, read, options)).layers;
    },
    async close() {},
  };
}

/** By inspection and history alone where they say it all, else from the stored bytes. */
async function readConfig(
  engine: Engine,
  found: EngineImage,
  name: string,
  readRaw: () => Promise<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<ImageConfig> {
  const what = `config of ${name}`;
  // Podman's inspection leaves out the health check, the shell and what else only Docker's format has (4.3).
  if (engine.kind === 'podman') return parseImageConfig(await readRaw(), what);
  const layersOf = async (id: string) => (await inspectIfThere(engine, id, signal))?.diffIds.length;
  const history = await resolveHistory(await engine.history(found.id, { signal }), found.diffIds.length, layersOf);
  if (history === undefined) return parseImageConfig(await readRaw(), what);
  return { ...parseImageConfig(Buffer.from(JSON.stringify(found.config)), what), history };
}

/** The image of a step may be removed at any time. */
async function inspectIfThere(engine: Engine, id: string, signal: AbortSignal | undefined) {
  try {
    return await engine.inspect(id, { signal });
  } catch (error) {
    if (isOciError(error, 'not-found', 'conflict')) return undefined;
    throw error;
  }
}

/** The config with the image's digest; where the engine does not know that, the one that has the image's layers. */
function configIn(documents: SaveStream<unknown>['documents'], found: EngineImage): Uint8Array | undefined {
  if (found.configDigest !== undefined) return documentOf(documents, found.configDigest);
  return [...documents.values()].find((bytes) => {
    try {
      return parseImageConfig(bytes).diffIds.join() === found.diffIds.join();
    } catch {
      return false;
    }
  });
}
