import type { Comparison } from '@image-versions/diff';
import type { ImageSet } from '@image-versions/oci';
import type { BuiltImage } from '../../build/builder.js';
import type { BuildPlan, BuiltFacts } from '../../plan/decide.js';
import type { Reason } from '../../plan/record.js';
import type { PublishTools } from './publish-facts.js';

interface Compared {
  /** Absent where nothing stands, or where it is too large to be compared. */
  readonly comparison?: Comparison;
  /** Those that the comparison itself does not give. */
  readonly reasons: readonly Reason[];
}

/** Compares what was built with what the image stands at, and says which inputs changed since. */
export async function compareWithStanding(
  { standing }: BuildPlan,
  built: BuiltImage,
  { repository, compare, changedInputs, signal }: PublishTools,
): Promise<Compared> {
  if (standing === undefined) return { reasons: [] };
  const { openRepositoryImages } = await import('@image-versions/oci');
  const before = await openRepositoryImages(repository, standing.digest, {
    name: `${repository.name}:${standing.version}`,
    signal,
  });
  try {
    const [compared, inputs] = await Promise.all([
      compareOrSay(before, built, compare),
      changedInputs(before.annotations, built),
    ]);
    return { ...compared, reasons: [...inputs, ...compared.reasons] };
  } finally {
    await before.close();
  }
}

/** Images too large to be compared count as changed, since that never leaves a change unpublished. */
async function compareOrSay(before: ImageSet, built: BuiltImage, compare: PublishTools['compare']): Promise<Compared> {
  try {
    return { comparison: await compare(before, built), reasons: [] };
  } catch (error) {
    const { isDiffError } = await import('@image-versions/diff');
    if (!isDiffError(error, 'limit')) throw error;
    const text = `It is too large to be compared with ${before.name}, and so counts as changed (${error.message}).`;
    return { reasons: [{ kind: 'content', text }] };
  }
}

/** What the tag to publish under is on already, if anything. `toPush`: it is about to be published there. */
export async function findExisting(
  { tag, standing }: BuildPlan,
  { built, comparison, toPush }: { built: BuiltImage; comparison: Comparison | undefined; toPush: boolean },
  { repository, compare, signal }: PublishTools,
): Promise<BuiltFacts['existing']> {
  if (tag === '') return undefined;
  // Where nothing stands, this may be the first of its repository, which readers may not be shown.
  const found = await repository.resolve(tag, { toPush: toPush && standing === undefined, signal });
  const digest = found?.digest;
  if (digest === undefined) return undefined;
  if (digest === standing?.digest && comparison) return { digest, isSame: comparison.verdict === 'same' };
  const { openRepositoryImages } = await import('@image-versions/oci');
  const before = await openRepositoryImages(repository, digest, { name: `${repository.name}:${tag}`, signal });
  try {
    const compared = await compareOrSay(before, built, compare);
    return { digest, isSame: compared.comparison?.verdict === 'same' };
  } finally {
    await before.close();
  }
}
