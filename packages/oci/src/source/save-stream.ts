import { peek } from '../archive/peek.js';
import { BLOCK_BYTES, hasValidChecksum } from '../archive/tar-fields.js';
import { readTar } from '../archive/tar-reader.js';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { readAll } from '../content/read-all.js';
import { OciError } from '../errors.js';
import type { LayerReader } from '../model/image.js';
import { CONFIG_LIMIT_BYTES } from '../model/image-config.js';
import { readHashedLayer } from './hashed-layer.js';

export interface SaveStreamOptions<T> {
  /** How a person names the stream, for messages. */
  readonly name: string;
  /** The layers that are wanted. */
  readonly diffIds: ReadonlySet<Digest>;
  /** Called for each layer that may be a wanted one, in the order of the stream. */
  readonly read: LayerReader<T>;
  /**
   * DiffIds of paths in the stream, where they are known: `paths` of an earlier read, or `blobs/sha256/<hex>` for the diffIds of an
   * image in an engine without the containerd image store. A path known as an unwanted layer is passed over unread.
   */
  readonly known?: ReadonlyMap<string, Digest>;
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

export interface SaveStream<T> {
  /** What `read` made of each wanted layer. */
  readonly layers: Map<Digest, T>;
  /** The diffId of each layer that was read, by its path in the stream. */
  readonly paths: ReadonlyMap<string, Digest>;
  /** `manifest.json`, `index.json`, configs and manifests, by their path; unchecked. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

/** All documents of one stream together. */
const DOCUMENTS_LIMIT_BYTES = 64 * 1024 * 1024;
const LAYER_PATH = /^(?:.+\/)?[^/]+\.(?:tar|tar\.gz|tgz|tar\.zst)$|^(?:sha256:)?[0-9a-f]{64}$|^blobs\/[^/]+\/[^/]+$/;
const DOCUMENT_PATH = /^[^/]+\.json$|^oci-layout$/;

/**
 * Reads what `docker save` writes, once and without storing it: the form of Docker up to 24 (`<id>/layer.tar`), the OCI layout of
 * Docker since 25, the archives of Podman, skopeo and ggcr; compressed layers are unpacked. Layers come before the manifests that
 * name them, so each is known by its own digest: nothing is given out for a layer that has another one than was asked for.
 * Errors: `mismatch` where a wanted layer is not in the stream; `invalid` where the stream is cut off or no archive;
 * `limit` for documents beyond all reason; what `read` failed with for a wanted layer.
 */
export async function readSaveStream<T>(
  stream: AsyncIterable<Uint8Array>,
  options: SaveStreamOptions<T>,
): Promise<SaveStream<T>> {
  const { name, diffIds, read, known } = options;
  const layers = new Map<Digest, T>();
  const paths = new Map<string, Digest>();
  const documents = new Map<string, Uint8Array>();
  let documentBytes = 0;
  let failure: { readonly error: unknown } | undefined;

  const source = observed(stream, options);
  for await (const entry of readTar(source.bytes)) {
    const path = entry.path.replace(/^(?:\.?\/)+/, '');
    const isDocumentPath = DOCUMENT_PATH.test(path);
    if (entry.type !== 'file' || !(isDocumentPath || LAYER_PATH.test(path))) continue;
    const { head, stream: content } = await peek(entry.content, BLOCK_BYTES);
    if (isDocumentPath || isJson(head, entry.size)) {
      const bytes = await readAll(content, CONFIG_LIMIT_BYTES, `${name}: ${JSON.stringify(path)}`);
      documentBytes += bytes.length;
      if (documentBytes > DOCUMENTS_LIMIT_BYTES) {
        throw new OciError('limit', `${name}: more than ${DOCUMENTS_LIMIT_BYTES} bytes of manifests and configs`);
      }
      documents.set(path, bytes);
      continue;
    }
    const knownAs = known?.get(path);
    if (layers.size === diffIds.size || (knownAs !== undefined && !diffIds.has(knownAs))) continue;
    const layer = await readHashedLayer(content, read, knownAs).catch((error: unknown) => {
      // Damage inside of one layer concerns who wants it; damage of the stream concerns all.
      if (source.hasFailed()) throw error;
      failure ??= { error };
    });
    if (layer === undefined) continue;
    paths.set(path, layer.diffId);
    if (!diffIds.has(layer.diffId) || layers.has(layer.diffId)) continue;
    if ('error' in layer.result) throw layer.result.error;
    layers.set(layer.diffId, layer.result.value);
  }
  if (layers.size < diffIds.size) throw failure?.error ?? missing(name, diffIds, layers, paths);
  return { layers, paths, documents };
}

/** The document of this digest, such as a config: documents are found by what they are, whatever they are called. */
export function documentOf(documents: SaveStream<unknown>['documents'], digest: Digest): Uint8Array | undefined {
  return [...documents.values()].find((bytes) => sha256Digest(bytes) === digest);
}

/** A tar may begin with a brace too: then its first block has a checksum. */
const isJson = (head: Buffer, size: number): boolean =>
  head[0] === 0x7b && size <= CONFIG_LIMIT_BYTES && !(head.length === BLOCK_BYTES && hasValidChecksum(head));

function observed(
  stream: AsyncIterable<Uint8Array>,
  { name, onProgress, signal }: Pick<SaveStreamOptions<unknown>, 'name' | 'onProgress' | 'signal'>,
): { readonly bytes: AsyncIterable<Uint8Array>; readonly hasFailed: () => boolean } {
  let isWhole = false;
  let isOpen = true;
  async function* bytes(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of stream) {
        if (signal?.aborted) throw new OciError('aborted', `${name}: reading was stopped`, { cause: signal.reason });
        onProgress?.(chunk.byteLength);
        yield chunk;
      }
      isWhole = true;
    } finally {
      isOpen = false;
    }
  }
  return { bytes: bytes(), hasFailed: () => !isOpen && !isWhole };
}

function missing(
  name: string,
  diffIds: ReadonlySet<Digest>,
  layers: ReadonlyMap<Digest, unknown>,
  paths: ReadonlyMap<string, Digest>,
): OciError {
  const expected = [...diffIds].find((diffId) => !layers.has(diffId));
  return new OciError(
    'mismatch',
    `${name}: no layer has the digest ${expected}; there are ${[...paths.values()].join(', ') || 'none'}`,
    {
      hint: 'The archive is damaged, or was made of another image.',
      facts: { expected },
    },
  );
}
