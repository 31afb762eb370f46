import { createHash } from 'node:crypto';
import type { ImageConfig } from '@image-versions/oci';
import { byText } from '../layer/order.js';
import { isTreeRule } from '../noise/rule.js';
import type { FileTree } from '../tree/tree.js';
import { applyRules } from './apply-rules.js';
import { configLines } from './config.js';
import { identityOf } from './identity.js';
import type { Policy } from './policy.js';

/** Annotation of an OCI manifest under which an image's fingerprint is published. Read by digest only. */
export const FINGERPRINT_ANNOTATION = 'dev.image-versions.fingerprint';

/**
 * One digest over everything that `policy` compares of an image: `v<policyVersion>:sha256:<hex>`. Two images with equal
 * fingerprints compare as the same. Different ones nearly always differ, and a comparison of their content says whether.
 */
export function fingerprint(tree: FileTree, config: ImageConfig, policy: Policy): string {
  const hash = createHash('sha256');
  for (const [key, value] of [...configLines(config, policy.ignoredLabels)].sort(([a], [b]) => byText(a, b))) {
    hash.update(`${JSON.stringify([key, value])}\n`);
  }
  const judged = applyRules(tree, policy.rules.filter(isTreeRule));
  for (const name of [...judged.names()].sort()) {
    for (const identity of judged.kept(name).map(identityOf).sort())
      hash.update(`${JSON.stringify(name)} ${identity}\n`);
  }
  return `v${policy.version}:sha256:${hash.digest('hex')}`;
}

/**
 * A fingerprint as it is published: `<fingerprint>@<digest of the diffIds>`. Tools that put a layer on an image or take one away
 * (`crane append`) keep its annotations, which then speak of another image.
 */
export function publishedFingerprint(print: string, config: ImageConfig): string {
  return `${print}@${digestOfLayers(config)}`;
}

/** The published fingerprint, if it may be compared with one made now: it is of these layers, and was made under this policy. */
export function readPublished(published: string, config: ImageConfig, policy: Policy): string | undefined {
  const [print = '', layers] = published.split('@');
  const isComparable = /^v[0-9a-f]+:sha256:[0-9a-f]{64}$/.test(print) && print.startsWith(`v${policy.version}:`);
  return isComparable && layers === digestOfLayers(config) ? print : undefined;
}

function digestOfLayers({ diffIds }: ImageConfig): string {
  return `sha256:${createHash('sha256').update(diffIds.join()).digest('hex')}`;
}
