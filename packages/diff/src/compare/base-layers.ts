import type { Digest, ImageConfig } from '@image-versions/oci';
import { layerOrigins } from '../tree/origins.js';

/**
 * How many of an image's lower layers are those of its base: as many as `baseDiffIds` says, if the image begins with these. Else
 * what the history tells for sure: an imported root file system, or an `ADD` of one, that a Dockerfile's layers lie on.
 */
export function baseLayerCount(config: ImageConfig, baseDiffIds: readonly Digest[] = []): number {
  const isOnBase = baseDiffIds.every((diffId, at) => config.diffIds[at] === diffId);
  if (baseDiffIds.length > 0 && isOnBase) return baseDiffIds.length;
  const layers = layerOrigins(config.diffIds.length, config.history);
  const [bottom] = layers;
  const imported = layers.findIndex(({ origin }) => origin !== 'unknown');
  if (imported > 0) return imported;
  const line = bottom?.history?.createdBy ?? '';
  return layers.length > 1 && /(?:#\(nop\) +|^)ADD .*\s\/\s*(?:# buildkit)?\s*$/.test(line) ? 1 : 0;
}
