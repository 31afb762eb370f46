import { formatPlatform, type Image, type ImageSet, type Platform, samePlatform } from '@image-versions/oci';
import { PACKAGE_READERS_VERSION, packageReaders } from './analyze/readers.js';
import type { BaseDiffIds } from './compare/base-layers.js';
import type { Change, ComparedImage, Comparison, DecidedBy, Noise } from './compare/comparison.js';
import { conclude } from './compare/conclude.js';
import { inspectorsOf, normalizePolicy, type Policy, type PolicyOptions } from './compare/policy.js';
import { comparePair } from './compare-pair.js';
import { openLayerCache } from './layer/layer-cache.js';
import { LayerStore, type ReadOptions } from './layer/layer-store.js';
import { RULES_VERSION, selectRules } from './noise/index.js';

/** What is compared, by the built-in rules; throws `invalid` as `normalizePolicy`. */
export function createPolicy(options: PolicyOptions = {}): Policy {
  return normalizePolicy(options, { version: RULES_VERSION, select: selectRules });
}

export interface StoreOptions extends ReadOptions {
  /** Where layer indexes are kept; none if absent. See `defaultLayerCacheFolder`. */
  readonly cacheFolder?: string;
}

export interface CompareOptions extends StoreOptions {
  /** Layers of the base images: what lies in them is a change of category `base-image`. */
  readonly baseDiffIds?: BaseDiffIds;
  /**
   * Whether every file that is read is inspected, and layers that both images share are read where they come along in the stream of
   * an engine or archive, so that a fingerprint afterwards finds all in the cache; default true. Without, only what the answer lies
   * in is read and inspected.
   */
  readonly inspectAll?: boolean;
}

/** Layer indexes as this policy wants them. */
export function openLayerStore(policy: Policy, { cacheFolder, ...options }: StoreOptions): LayerStore {
  const inspectors = inspectorsOf(policy, packageReaders, PACKAGE_READERS_VERSION);
  const cache = cacheFolder === undefined ? undefined : openLayerCache(cacheFolder, inspectors.version);
  return new LayerStore(inspectors, cache, options);
}

/**
 * Says whether `after` is the same as `before`, and if not, what changed. An index is compared platform by platform, and one
 * platform missing is a change; one image against an index of that platform alone works too. Closes what it opens, not what it
 * was given. There is a verdict only where everything that it rests on was read: all else throws.
 */
export async function compareImages(
  before: ImageSet | Image,
  after: ImageSet | Image,
  policy: Policy,
  options: CompareOptions = {},
): Promise<Comparison> {
  const names = { before: describe(before), after: describe(after) };
  const digest = names.before.manifestDigest;
  if (digest !== undefined && digest === names.after.manifestDigest) {
    return conclude({ decidedBy: 'manifest-digest', ...names, changes: [], noise: [] }, policy);
  }
  const { baseDiffIds: base = {}, inspectAll = true, ...storeOptions } = options;
  const store = openLayerStore(policy, storeOptions);
  const { signal } = options;
  const [was, is] = await Promise.all([platformsOf(before, signal), platformsOf(after, signal)]);
  const inBoth = was.filter((platform) => is.some((other) => samePlatform(platform, other)));
  const isOne = inBoth.length === 1 && was.length === 1 && is.length === 1;
  const missing = [...onlyIn(was, is, 'removed'), ...onlyIn(is, was, 'added')];
  const changes = [...missing];
  const comparisons: Comparison[] = [];
  for (const platform of inBoth) {
    const pair = await openBoth(before, after, platform, signal);
    try {
      const comparison = await comparePair(pair.before, pair.after, { policy, store, base, inspectAll });
      comparisons.push(comparison);
      changes.push(...comparison.changes.map((change) => ({ ...change, platform: formatPlatform(platform) })));
    } finally {
      await pair.close();
    }
  }
  if (isOne && comparisons[0] !== undefined) return comparisons[0];
  const decidedBy = missing.length > 0 ? 'platforms' : weakest(comparisons.map((comparison) => comparison.decidedBy));
  const noise = summed(comparisons.flatMap((comparison) => comparison.noise));
  return conclude({ decidedBy, ...names, changes, noise, platforms: comparisons }, policy);
}

const isSet = (image: ImageSet | Image): image is ImageSet => 'readPlatforms' in image;

async function platformsOf(image: ImageSet | Image, signal?: AbortSignal): Promise<readonly Platform[]> {
  return isSet(image) ? image.readPlatforms({ signal }) : [image.config.platform];
}

function describe(image: ImageSet | Image): ComparedImage {
  const manifestDigest = isSet(image) ? image.digest : image.manifestDigest;
  return { name: image.name, ...(manifestDigest && { manifestDigest }) };
}

async function openBoth(before: ImageSet | Image, after: ImageSet | Image, platform: Platform, signal?: AbortSignal) {
  const opened: Image[] = [];
  const open = async (image: ImageSet | Image) => {
    if (!isSet(image)) return image;
    const one = await image.open(platform, { signal });
    opened.push(one);
    return one;
  };
  const close = async () => {
    await Promise.all(opened.map((image) => image.close()));
  };
  try {
    return { before: await open(before), after: await open(after), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function onlyIn(these: readonly Platform[], those: readonly Platform[], action: 'added' | 'removed'): Change[] {
  return these
    .filter((platform) => !those.some((other) => samePlatform(platform, other)))
    .map((platform) => ({
      category: 'configuration',
      kind: 'platform',
      action,
      subject: formatPlatform(platform),
      detail: action === 'added' ? 'only in the new image' : 'only in the old image',
      platform: formatPlatform(platform),
    }));
}

/** The one that most had to be looked at for. */
function weakest(decided: readonly DecidedBy[]): DecidedBy {
  const order: readonly DecidedBy[] = ['platforms', 'content', 'fingerprint', 'layers-and-config', 'config-digest'];
  return order.find((by) => decided.includes(by)) ?? 'manifest-digest';
}

function summed(noise: readonly Noise[]): Noise[] {
  const byRule = new Map<string, Noise>();
  for (const one of noise) {
    const known = byRule.get(one.rule);
    byRule.set(one.rule, known ? { ...known, count: known.count + one.count } : one);
  }
  return [...byRule.values()];
}
