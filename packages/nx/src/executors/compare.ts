import type { Comparison, Policy, PolicyOptions, ReadOptions } from '@image-versions/diff';
import type { Image, ImageSet } from '@image-versions/oci';
import type { BuiltImage } from '../build/builder.js';
import type { ComparisonOptions } from '../options/comparison-options.js';

/** What images are compared by, and where to keep what was read of their layers. */
async function policyAndStore(written: ComparisonOptions): Promise<{ policy: Policy; store: { cacheFolder: string } }> {
  const { createPolicy, defaultLayerCacheFolder } = await import('@image-versions/diff');
  return {
    policy: createPolicy(written as PolicyOptions),
    store: { cacheFolder: defaultLayerCacheFolder(process.env) },
  };
}

/** Compares what an image stands at with what was built of it. */
export async function compareWithBuilt(
  before: ImageSet,
  built: BuiltImage,
  written: ComparisonOptions,
  reading: ReadOptions,
): Promise<Comparison> {
  const { compareImages } = await import('@image-versions/diff');
  const { policy, store } = await policyAndStore(written);
  return compareImages(before, built.images, policy, {
    ...store,
    ...reading,
    baseDiffIds: { after: built.baseDiffIds },
  });
}

/**
 * Fingerprint of one platform of what was built, as annotations to publish it with: they save the next comparison its download.
 * None of an image that is too large to be compared.
 */
export async function fingerprintAnnotations(
  image: Image,
  written: ComparisonOptions,
  reading: ReadOptions,
): Promise<Record<string, string>> {
  const diff = await import('@image-versions/diff');
  const { policy, store } = await policyAndStore(written);
  try {
    return await diff.fingerprintAnnotations(image, policy, { ...store, ...reading });
  } catch (error) {
    if (diff.isDiffError(error, 'limit')) return {};
    throw error;
  }
}

/** A comparison as JSON, or for people, in colour on a terminal. */
export async function formatComparison(comparison: Comparison, format: 'json' | 'text'): Promise<string> {
  const { comparisonToJson, comparisonToText } = await import('@image-versions/diff');
  if (format === 'json') return comparisonToJson(comparison);
  const color = process.stdout.isTTY === true && !process.env.NO_COLOR;
  return comparisonToText(comparison, { color, verbose: process.env.NX_VERBOSE_LOGGING === 'true' });
}
