import type { Digest, ImageConfig } from '@image-versions/oci';
import { layerOrigins } from '../tree/origins.js';
import type { BaseLayers } from './categories.js';

/** Diff ids of either image's base, where the caller knows it. */
export interface BaseDiffIds {
  readonly before?: readonly Digest[];
  readonly after?: readonly Digest[];
}

/**
 * The base layers of both sides. Where only one base is known, the other image is taken to have as many layers on its own, if
 * these were made in the same ways: a base that moved may have another number of layers.
 */
export function baseLayersOf(before: ImageConfig, after: ImageConfig, base: BaseDiffIds): BaseLayers {
  const counts = { before: baseLayerCount(before, base.before), after: baseLayerCount(after, base.after) };
  if ((base.before === undefined) === (base.after === undefined)) return counts;
  const [known, other] = base.after === undefined ? (['before', 'after'] as const) : (['after', 'before'] as const);
  const configs = { before, after };
  const own = (config: ImageConfig, from: number) =>
    layerOrigins(config.diffIds.length, config.history)
      .slice(from)
      .map(({ origin }) => origin);
  const upper = own(configs[known], counts[known]);
  const from = configs[other].diffIds.length - upper.length;
  return from > 0 && own(configs[other], from).join() === upper.join() ? { ...counts, [other]: from } : counts;
}

/**
 * How many of an image's lower layers are those of its base: as many as `baseDiffIds` says, if the image begins with these. Else
 * what the history tells for sure: a root file system, imported or unpacked, that a Dockerfile's layers lie on.
 */
export function baseLayerCount(config: ImageConfig, baseDiffIds: readonly Digest[] = []): number {
  const isOnBase = baseDiffIds.every((diffId, at) => config.diffIds[at] === diffId);
  if (baseDiffIds.length > 0 && isOnBase) return baseDiffIds.length;
  const layers = layerOrigins(config.diffIds.length, config.history);
  return Math.max(
    0,
    layers.findIndex(({ origin }) => origin !== 'unknown'),
  );
}
