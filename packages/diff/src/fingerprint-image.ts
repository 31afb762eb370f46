import type { Image } from '@image-versions/oci';
import { fingerprint } from './compare/fingerprint.js';
import type { Policy } from './compare/policy.js';
import { openLayerStore, type StoreOptions } from './compare-images.js';
import { readTree } from './image-tree.js';

/**
 * The fingerprint to publish with an image, as the annotation `FINGERPRINT_ANNOTATION` of its manifest. Needs all of its layers:
 * those in the cache are not read again, so after a comparison this reads little or nothing.
 */
export async function fingerprintImage(image: Image, policy: Policy, options: StoreOptions = {}): Promise<string> {
  const store = openLayerStore(policy, options);
  return fingerprint(await readTree(image, store), image.config, policy);
}
