import type { Image } from '@image-versions/oci';
import { FINGERPRINT_ANNOTATION, fingerprint, publishedFingerprint } from './compare/fingerprint.js';
import type { Policy } from './compare/policy.js';
import { openLayerStore, type StoreOptions } from './compare-images.js';
import { readTree } from './image-tree.js';

/**
 * The fingerprint of an image. Needs all of its layers: those in the cache are not read again, so after a comparison this reads
 * little or nothing.
 */
export async function fingerprintImage(image: Image, policy: Policy, options: StoreOptions = {}): Promise<string> {
  const store = openLayerStore(policy, options);
  return fingerprint(await readTree(image, store), image.config, policy);
}

/**
 * Annotations for the manifest that an image is published with: they spare the next comparison its layers. Reads what `fingerprintImage`
 * reads.
 */
export async function fingerprintAnnotations(
  image: Image,
  policy: Policy,
  options: StoreOptions = {},
): Promise<Record<string, string>> {
  const value = publishedFingerprint(await fingerprintImage(image, policy, options), image.config);
  return { [FINGERPRINT_ANNOTATION]: value };
}
