import type { LayerEntry } from './entry.js';

/** Fields that few entries have. */
export type RareFields = Pick<LayerEntry, 'linkTarget' | 'device' | 'xattrs' | 'normal' | 'isPlain' | 'packages'>;

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Adds them to an entry just made, those that are there. An image has hundreds of thousands of entries: one that was written as a
 * literal with what nearly all have takes three quarters of the memory of one made by spreading.
 */
export function withRareFields<T extends LayerEntry>(entry: T, rare: RareFields): T {
  const { linkTarget, device, xattrs, normal, isPlain, packages } = rare;
  const draft: Draft<LayerEntry> = entry;
  if (linkTarget !== undefined) draft.linkTarget = linkTarget;
  if (device !== undefined) draft.device = device;
  if (xattrs !== undefined) draft.xattrs = xattrs;
  if (normal !== undefined) draft.normal = normal;
  if (isPlain === true) draft.isPlain = true;
  if (packages !== undefined) draft.packages = packages;
  return entry;
}
