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
import type { ImageLayers, LayerStore } from './layer/layer-store.js';
import { mergeLayers } from './tree/merge.js';
import { layerOrigins } from './tree/origins.js';

/** What is known of two images beside themselves, and what is wanted beside the answer. */
export interface PairContext {
  readonly base: BaseDiffIds;
  /** See `CompareOptions`. */
  readonly inspectAll: boolean;
}

/**
 * Compares two images of one platform, by the cheapest thing that settles it: manifest digest, config digest, layers and config,
 * fingerprint, content. What is `same` by an earlier one would be by the last.
 */
export async function comparePair(
  before: Image,
  after: Image,
  policy: Policy,
  store: LayerStore,
  context: PairContext,
): Promise<Comparison> {
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
    const trees = await Promise.all([readTree(before, store), readTree(after, store)]);
    const [was, is] = [before, after].map(({ config }, at) => ({ config, tree: trees[at] ?? mergeLayers([]) }));
    return settle('content', { changes: was && is ? compareSizeAndHistory(was, is) : [], noise: [] });
  }
  const configs = compareConfigs(before.config, after.config, policy.ignoredLabels);
  if (sharedLayers(before, after) === Math.max(before.config.diffIds.length, after.config.diffIds.length)) {
    return settle('layers-and-config', configs);
  }
  if (configs.changes.length === 0 && (await isSameFingerprint(before, after, published, policy, store))) {
    return settle('fingerprint', configs);
  }
  const trees = await compareContent(before, after, policy, store, context);
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
  policy: Policy,
  store: LayerStore,
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
async function compareContent(
  before: Image,
  after: Image,
  policy: Policy,
  store: LayerStore,
  { base, inspectAll }: PairContext,
): Promise<TreeComparison> {
  const shared = sharedLayers(before, after);
  const lower = before.config.diffIds.slice(0, shared);
  await store.recall([...before.config.diffIds, ...after.config.diffIds]);
  await readUpper(before, after, shared, store, inspectAll);
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
    if (answer === undefined) await readLower(local, lower, store, inspectAll);
    else if ('missingForms' in answer)
      await store.complete([local, local === before ? after : before], answer.missingForms);
    else return answer;
  }
}

async function readUpper(
  before: Image,
  after: Image,
  shared: number,
  store: LayerStore,
  inspectAll: boolean,
): Promise<void> {
  const upperOf = (image: Image) => image.config.diffIds.slice(shared);
  const isStream = (image: Image) => image.layers === undefined && !store.has(upperOf(image));
  const stream = [after, before].find(isStream);
  const inBoth = new Set(upperOf(before).filter((diffId) => upperOf(after).includes(diffId)));
  const layersOf = (image: Image) => {
    const own = upperOf(image).filter((diffId) => !inBoth.has(diffId));
    // The source is read to its end anyway: a layer of both images is read here, and what lies below where it is wanted too.
    if (image === stream) return inspectAll ? image.config.diffIds : upperOf(image);
    return image === after && stream === undefined ? [...own, ...inBoth] : own;
  };
  const [was, is] = [before, after].map((image) => ({ image, diffIds: layersOf(image) })) as [ImageLayers, ImageLayers];
  if (inspectAll) await Promise.all([store.read(before, was.diffIds), store.read(after, is.diffIds)]);
  else await store.readPair(was, is);
}

/** What has to be downloaded for it is read in full, once, and cached. */
async function readLower(
  image: Image,
  lower: readonly Digest[],
  store: LayerStore,
  inspectAll: boolean,
): Promise<void> {
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
