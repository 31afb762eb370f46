import type { Digest } from '../content/descriptor.js';
import { oneChunk } from '../content/one-chunk.js';
import { OciError } from '../errors.js';
import type { Image } from '../model/image.js';
import { parseImageConfig } from '../model/image-config.js';
import { parseManifest } from '../model/manifest.js';
import { type BuiltImage, buildImage, type ImageLiteral } from './image-builder.js';

/** An image in memory that also says which layers were read from it. */
export interface MemoryImage extends Image {
  readonly built: BuiltImage;
  /** The diffIds read so far, in order. */
  readonly layersRead: readonly Digest[];
}

/** Opens a literal as an `Image`, without any source behind it. */
export function memoryImage(literal: ImageLiteral, name = 'memory://image'): MemoryImage {
  const built = buildImage(literal);
  const layersRead: Digest[] = [];
  return {
    name,
    built,
    layersRead,
    manifestDigest: built.manifest.descriptor.digest,
    annotations: parseManifest(built.manifest.bytes).annotations,
    configDigest: built.config.descriptor.digest,
    config: parseImageConfig(built.config.bytes, name),
    readRawConfig: async () => built.config.bytes,
    layers: built.layers.map((layer) => layer.descriptor),
    async readLayers(diffIds, read) {
      const results = new Map<Digest, Awaited<ReturnType<typeof read>>>();
      for (const diffId of diffIds) {
        const layer = built.layers.find((candidate) => candidate.diffId === diffId);
        if (layer === undefined) throw new OciError('not-found', `${name}: no layer ${diffId}`);
        layersRead.push(diffId);
        results.set(diffId, await read(oneChunk(layer.tar), diffId));
      }
      return results;
    },
    async close() {},
  };
}
