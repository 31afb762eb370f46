import type { Digest, Image } from '@image-versions/oci';
import { type BaseDiffIds, baseLayersOf } from './compare/base-layers.js';
import { compareAbove } from './compare/compare-above.js';
import { compareTrees, type TreeComparison } from './compare/compare-trees.js';
import type { ComparedImage, Comparison, DecidedBy } from './compare/comparison.js';
import { conclude } from './compare/conclude.js';
import { compareConfigs } from './compare/config.js';
import { FINGERPRINT_ANNOTATION, fingerprint, readPublished } from './compare/fingerprint.js';
import type { Policy } from './compare/policy.js';
import { compareSizeAndHistory } from './compare/size-history.js';
import type { UpperLayers } from './compare/upper-tree.js';
import { readTree, stackOf } from './image-tree.js';
import type { LayerStore } from './layer/layer-store.js';
import { mergeLayers } from './tree/merge.js';
import { layerOrigins } from './tree/origins.js';

/** How two images are compared. */
export interface PairOptions {
  readonly policy: Policy;
  readonly store: LayerStore;
  readonly base: BaseDiffIds;
  /** See `CompareOptions`. */
  readonly inspectAll: boolean;
}

/**
 * Compares two images of one platform, by the cheapest thing that settles it: manifest digest, config digest, layers and config,
 * fingerprint, content. What is `same` by an earlier one would be by the last.
 */
export async function comparePair(before: Image, after: Image, options: PairOptions): Promise<Comparison> {
  const { policy, store } = options;
  const published = { before: publishedOf(before, policy), after: publishedOf(after, policy) };
  for (const image of [before, after]) store.noteStored(image);
  const settle = (decidedBy: DecidedBy, { changes, noise }: TreeComparison = { changes: [], noise: [] }) =>
    conclude(
      {
        decidedBy,
        before: describe(before, published.before),
        after: describe(after, published.after),
        changes,
        noise,
      },
      policy,
    );
  if (before.manifestDigest !== undefined && before.manifestDigest === after.manifestDigest) {
    return settle('manifest-digest');
  }
  if (before.configDigest !== undefined && before.configDigest === after.configDigest) return settle('config-digest');
  if (policy.profile === 'size+history') {
    const read = async (image: Image) => ({ config: image.config, tree: await readTree(image, store) });
    const [was, is] = await Promise.all([read(before), read(after)]);
    return settle('content', { changes: compareSizeAndHistory(was, is), noise: [] });
  }
  const configs = compareConfigs(before.config, after.config, policy.ignoredLabels);
  if (sharedLayers(before, after) === Math.max(before.config.diffIds.length, after.config.diffIds.length)) {
    return settle('layers-and-config', configs);
  }
  if (configs.changes.length === 0 && (await isSameFingerprint(before, after, published, options))) {
    return settle('fingerprint', configs);
  }
  const trees = await compareContent(before, after, options);
  return settle('content', {
    changes: [...configs.changes, ...trees.changes],
    noise: [...configs.noise, ...trees.noise],
  });
}

interface Published {
  before: string | undefined;
  after: string | undefined;
}

function publishedOf(image: Image, policy: Policy): string | undefined {
  const value = image.annotations[FINGERPRINT_ANNOTATION];
  return value === undefined ? undefined : readPublished(value, image.config, policy);
}

/**
 * With one side published, the other is read whole if that costs no download: all of its lower layers are known, or come
 * along in the one stream of its source anyway. What is computed is kept in `published`, to be told.
 */
async function isSameFingerprint(
  before: Image,
  after: Image,
  published: Published,
  { policy, store }: PairOptions,
): Promise<boolean> {
  if (published.before === undefined && published.after === undefined) return false;
  const side = published.before === undefined ? 'before' : 'after';
  if (published[side] === undefined) {
    const image = side === 'before' ? before : after;
    const lower = image.config.diffIds.slice(0, sharedLayers(before, after));
    await store.recall(image.config.diffIds);
    if (image.layers !== undefined && !store.hasWhole(lower)) return false;
    published[side] = fingerprint(await readTree(image, store), image.config, policy);
  }
  return published.before === published.after;
}

/** Reads only the layers above those that both images share at the bottom, unless the answer lies below. */
async function compareContent(before: Image, after: Image, options: PairOptions): Promise<TreeComparison> {
  const { policy, store, base } = options;
  const shared = sharedLayers(before, after);
  const lower = before.config.diffIds.slice(0, shared);
  await store.recall([...before.config.diffIds, ...after.config.diffIds]);
  await readUpper(before, after, options);
  const baseLayers = baseLayersOf(before.config, after.config, base);
  // What both have is read again where it costs no download.
  const local = before.layers === undefined ? before : after;
  const above = ({ config }: Image): UpperLayers => ({
    layers: stackOf(config, store, shared),
    unread: layerOrigins(config.diffIds.length, config.history).slice(0, shared),
  });
  const compare = () => {
    if (!store.has(lower)) {
      return compareAbove(above(before), above(after), policy.rules, baseLayers);
    }
    const [was, is] = [stackOf(before.config, store), stackOf(after.config, store)];
    return compareTrees(mergeLayers(was), mergeLayers(is), policy.rules, baseLayers);
  };
  for (;;) {
    const answer = compare();
    if (answer === undefined) await readLower(local, lower, options);
    else if ('missingForms' in answer)
      await store.complete([local, local === before ? after : before], answer.missingForms);
    else return answer;
  }
}

async function readUpper(before: Image, after: Image, { store, inspectAll }: PairOptions): Promise<void> {
  const shared = sharedLayers(before, after);
  const upperOf = (image: Image) => image.config.diffIds.slice(shared);
  const isStream = (image: Image) => image.layers === undefined && !store.has(upperOf(image));
  const stream = [after, before].find(isStream);
  const inBoth = new Set(upperOf(before).filter((diffId) => upperOf(after).includes(diffId)));
  const wantedOf = (image: Image): readonly Digest[] => {
    const own = upperOf(image).filter((diffId) => !inBoth.has(diffId));
    // The source is read to its end anyway: a layer of both images is read here, and what lies below where it is wanted too.
    if (image === stream) return inspectAll ? image.config.diffIds : upperOf(image);
    return image === after && stream === undefined ? [...own, ...inBoth] : own;
  };
  const [was, is] = [wantedOf(before), wantedOf(after)];
  if (inspectAll) await Promise.all([store.read(before, was), store.read(after, is)]);
  else await store.readPair({ image: before, diffIds: was }, { image: after, diffIds: is });
}

/** What has to be downloaded for it is read in full, once, and cached. */
async function readLower(image: Image, lower: readonly Digest[], { store, inspectAll }: PairOptions): Promise<void> {
  const isPlain = !inspectAll && image.layers === undefined;
  await store.read(image, lower, isPlain ? lower : []);
}

/** Layers that both images have at the bottom, in the same order: they give both the same. */
function sharedLayers(before: Image, after: Image): number {
  const [a, b] = [before.config.diffIds, after.config.diffIds];
  const first = a.findIndex((diffId, at) => diffId !== b[at]);
  return first < 0 ? a.length : first;
}

function describe(image: Image, fingerprint: string | undefined): ComparedImage {
  const { name, manifestDigest, configDigest, config } = image;
  return { name, manifestDigest, configDigest, platform: config.platform, ...(fingerprint && { fingerprint }) };
}
