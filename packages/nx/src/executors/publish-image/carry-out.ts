import type { Digest, Image, Repository } from '@image-versions/oci';
import type { BuiltImage } from '../../build/builder.js';
import type { BuildPlan, BuiltDecision } from '../../plan/decide.js';
import { inputAnnotations } from './input-annotations.js';
import { knownLayers } from './known-layers.js';
import type { Commit, PublishTools } from './publish-facts.js';

/** What is left to be done for an image that was built. */
export type CarriedDecision = Exclude<BuiltDecision, { action: 'keep' }>;

/** Puts what was built, or what the registry has of the same content, under the tag and `latest`. Gives its digest. */
export async function carryOut(
  decision: CarriedDecision,
  { plan, built, git }: { readonly plan: BuildPlan; readonly built: BuiltImage; readonly git: Commit },
  tools: PublishTools,
): Promise<string> {
  const { repository } = tools;
  const { tag } = decision;
  const digest = decision.action === 'exists' ? decision.digest : decision.retag;
  if (digest !== undefined) {
    await putTags(repository, digest, tag);
    return digest;
  }
  const { publishImage, publishIndex } = await import('@image-versions/oci');
  const { image, images, source } = built;
  const known = (image: Image) => knownLayers(image, built, repository, plan.standing?.digest);
  const { onPush, signal } = tools;
  const options = { tag, additionalTags: ['latest'], onProgress: onPush, signal, ...(source && { source }) };
  const madeFrom = inputAnnotations(built, git);
  const annotations = async (image: Image) => ({ ...madeFrom, ...(await tools.annotations(image)) });
  const published = images.isIndex
    ? await publishIndex(images, repository, { ...options, annotations, knownLayers: known })
    : await publishImage(image, repository, {
        ...options,
        annotations: await annotations(image),
        knownLayers: await known(image),
      });
  return published.digest;
}

/** Puts a tag, and `latest`, on what the registry has. */
export async function putTags(repository: Repository, digest: string, tag: string): Promise<void> {
  const { retag } = await import('@image-versions/oci');
  await retag(repository, digest as Digest, tag);
  await retag(repository, digest as Digest, 'latest', { force: true });
}
