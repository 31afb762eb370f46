import { isOciError, OciError } from '../errors.js';
import type { ImageSet } from '../model/image.js';
import { formatImageReference, type ImageReference } from '../reference/image-reference.js';
import { type ImageSource, parseImageSource } from '../reference/image-source.js';
import { createRegistryClient, type RegistryClient } from '../registry/client.js';
import { openArchive } from './archive.js';
import { connectEngine, type EngineOptions } from './connect-engine.js';
import { openEngineImages } from './engine-images.js';
import { openLayoutImages } from './open-layout.js';
import { openRegistryImages } from './registry.js';

export interface OpenImagesOptions {
  /** Default: one of its own, closed with the images. */
  readonly registryClient?: RegistryClient;
  readonly engineOptions?: EngineOptions;
  /** What `-` reads; default standard input. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
}

/**
 * Opens what a person named, wherever it is: `daemon://`, `remote://`, `oci:`, `docker-archive:`, `oci-archive:`, a path that ends
 * like an archive, `-`. A bare name is looked for in its registry and then, if that does not give it for whatever reason, in the
 * engine. Close the set when done.
 * Errors: those of the place; of a bare name that neither has, one that says what both answered.
 */
export async function openImages(source: string | ImageSource, options: OpenImagesOptions = {}): Promise<ImageSet> {
  const parsed = typeof source === 'string' ? parseImageSource(source) : source;
  const { signal } = options;
  switch (parsed.kind) {
    case 'engine':
      return fromEngine(parsed.name, options);
    case 'registry':
      return fromRegistry(parsed.reference, options);
    case 'oci-layout':
      return openLayoutImages(parsed.path, parsed.reference, { signal });
    case 'docker-archive':
      return openArchive(parsed.path, { kind: parsed.kind, signal });
    case 'oci-archive':
      return openArchive(parsed.path, { kind: parsed.kind, reference: parsed.reference, signal });
    case 'archive':
      return openArchive(parsed.path, { signal });
    case 'stdin':
      return openArchive(options.stdin ?? process.stdin, { signal });
    case 'any':
      return parsed.reference ? fromAnywhere(parsed.name, parsed.reference, options) : fromEngine(parsed.name, options);
  }
}

async function fromEngine(name: string, { engineOptions, signal }: OpenImagesOptions): Promise<ImageSet> {
  return openEngineImages(await connectEngine({ signal, ...engineOptions }), name, { signal });
}

async function fromRegistry(
  reference: ImageReference,
  { registryClient, signal }: OpenImagesOptions,
): Promise<ImageSet> {
  if (registryClient) return openRegistryImages(registryClient, reference, { signal });
  const own = createRegistryClient();
  try {
    const images = await openRegistryImages(own, reference, { signal });
    const close = async () => {
      await images.close();
      await own.close();
    };
    return { ...images, close };
  } catch (error) {
    await own.close();
    throw error;
  }
}

async function fromAnywhere(name: string, reference: ImageReference, options: OpenImagesOptions): Promise<ImageSet> {
  const remote = await attempt(fromRegistry(reference, options));
  if (!isOciError(remote)) return remote;
  const engine = await attempt(fromEngine(name, options));
  if (!isOciError(engine)) return engine;
  // What keeps us from knowing goes before "it is not there".
  const decisive = [remote, engine].find(({ code }) => code !== 'not-found') ?? remote;
  throw new OciError(
    decisive.code,
    `${name}: neither its registry nor the engine gives it.\n  remote://${formatImageReference(reference)}: ${remote.message}\n  daemon://${name}: ${engine.message}`,
    {
      cause: decisive,
      facts: { remote: remote.code, engine: engine.code },
      hint: decisive.hint ?? 'Check the name, or say where it is: remote://NAME or daemon://NAME.',
    },
  );
}

/** A failure that the other place may make good. */
async function attempt(opening: Promise<ImageSet>): Promise<ImageSet | OciError> {
  try {
    return await opening;
  } catch (error) {
    if (isOciError(error) && error.code !== 'aborted') return error;
    throw error;
  }
}
