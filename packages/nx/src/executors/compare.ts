import type { Comparison, Policy } from '@image-versions/diff';
import type { ImageSet } from '@image-versions/oci';
import type { BuiltImage } from '../build/builder.js';

/** What images of a workspace are compared by, and where what was read of their layers is kept. */
async function policyAndStore(): Promise<{ policy: Policy; store: { cacheFolder: string } }> {
  const { createPolicy, defaultLayerCacheFolder } = await import('@image-versions/diff');
  return { policy: createPolicy(), store: { cacheFolder: defaultLayerCacheFolder(process.env) } };
}

/** Compares what an image stands at with what was built of it. */
export async function compareWithBuilt(before: ImageSet, built: BuiltImage): Promise<Comparison> {
  const { compareImages } = await import('@image-versions/diff');
  const { policy, store } = await policyAndStore();
  return compareImages(before, built.images, policy, { ...store, baseDiffIds: { after: built.baseDiffIds } });
}

/** Fingerprint of what was built, as annotations to publish it with: they save the next comparison its download. */
export async function fingerprintAnnotations(built: BuiltImage): Promise<Record<string, string>> {
  const { FINGERPRINT_ANNOTATION, fingerprintImage } = await import('@image-versions/diff');
  const { policy, store } = await policyAndStore();
  return { [FINGERPRINT_ANNOTATION]: await fingerprintImage(built.image, policy, store) };
}

/** Changes printed; a comparison as JSON has more. */
const printed = 20;

/** A comparison in lines for people. */
export function formatComparison({ verdict, before, after, decidedBy, changes, truncated, noise }: Comparison): string {
  const lines = [`${verdict}: ${after.name} against ${before.name} (settled by ${decidedBy})`];
  for (const { category, action, subject, detail } of changes.slice(0, printed)) {
    lines.push(`  ${category}: ${action} ${subject}${detail === '' ? '' : `: ${detail}`}`);
  }
  const more = changes.length - printed;
  if (more > 0) lines.push(`  and ${more}${truncated ? ' or more' : ''} others`);
  for (const { rule, count, reason } of noise) lines.push(`  build noise, ${rule}: ${count} (${reason})`);
  return lines.join('\n');
}
