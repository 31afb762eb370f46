import type { BuiltImage } from '../../build/builder.js';
import { ImageVersionsError } from '../../errors.js';
import {
  type BuildDecision,
  type BuildPlan,
  type BuiltDecision,
  decideBuild,
  decideBuilt,
  digestToResolve,
  outcomeOf,
  tagToResolve,
} from '../../plan/decide.js';
import { recordedFresh } from '../../plan/fresh.js';
import type { PublishRecord } from '../../plan/record.js';
import { type CarriedDecision, carryOut, putTags } from './carry-out.js';
import { compareWithStanding, findExisting } from './compare-built.js';
import type { PublishFacts, PublishTools } from './publish-facts.js';

/**
 * Brings one image to where its content says that it belongs: kept, published, or found published. Writes the registry, and
 * nothing else; a dry run not even that. Errors: `moved`, `conflict`, `environment`; those of builder and registry.
 */
export async function publish(facts: PublishFacts, tools: PublishTools): Promise<PublishRecord> {
  const { container, request, git } = facts;
  const { project, image, fresh } = container;
  const { mode, dryRun } = request;
  const record = {
    formatVersion: 1,
    project,
    image,
    mode,
    dryRun,
    fresh,
    ...(git.commit === '' ? {} : { commit: git.commit, dirty: git.changes !== '' }),
  } as const;
  const decision = await decide(facts, tools);
  if (decision.action === 'hold') return { ...record, outcome: decision.outcome, reasons: decision.reasons };
  if (decision.action === 'skip') {
    const { outcome, tag, digest, reasons } = decision;
    return { ...record, outcome, tag, digest, reasons };
  }
  if (decision.action === 'retag') {
    const { tag, digest, reasons } = decision;
    if (!dryRun) await putTags(tools.repository, digest, tag);
    return { ...record, outcome: 'published', tag, digest, reasons };
  }
  const built = await tools.build(decision.isFresh);
  try {
    return { ...record, ...(await publishBuilt(decision, built, facts, tools)) };
  } finally {
    await built.close();
  }
}

/** Asks the registry for what the decision rests on. */
async function decide(
  { container, request, git }: PublishFacts,
  { repository, signal }: PublishTools,
): Promise<BuildDecision> {
  const { project, image, pin, state, fresh } = container;
  const { mode, dryRun, tag } = request;
  // A tag that should be there is looked up as a reader; one that may be the first of its repository, with the right to push.
  const toPush = mode === 'pinned_only' && !dryRun;
  const lookUp = async (reference: string | undefined) =>
    reference === undefined ? undefined : (await repository.resolve(reference, { toPush, signal }))?.digest;
  const resolved = await lookUp(tagToResolve({ mode, pin, state }));
  const stored = await lookUp(digestToResolve({ mode, pin, state, resolved }));
  const commitTag = tag ?? git.commit;
  return decideBuild({ project, image, mode, pin, state, fresh, resolved, stored, commitTag });
}

/** What a record has of an image that was built. */
type BuiltRecord = Pick<PublishRecord, 'outcome' | 'reasons'> & Partial<PublishRecord>;

async function publishBuilt(
  plan: BuildPlan,
  built: BuiltImage,
  facts: PublishFacts,
  tools: PublishTools,
): Promise<BuiltRecord> {
  const { container, request, skipsCache, git } = facts;
  const { project, image, fresh } = container;
  const { mode, dryRun } = request;
  const { comparison, reasons } = await compareWithStanding(plan, built, tools);
  const decideNow = async () => {
    const existing = await findExisting(plan, { comparison, built, toPush: !dryRun }, tools);
    return decideBuilt({ project, image, plan, comparison, existing, isDirty: git.changes !== '' });
  };
  const fingerprint = comparison?.after.fingerprint;
  const found = (decision: BuiltDecision) => ({
    builder: built.builder,
    bases: built.bases,
    ...(comparison && { comparison }),
    ...(fingerprint !== undefined && { fingerprint }),
    reasons: [...reasons, ...decision.reasons],
    tag: decision.tag,
  });
  const planned = await decideNow();
  if (planned.action === 'keep') return { ...found(planned), outcome: 'kept', digest: planned.digest };
  if (dryRun) {
    const digest = planned.action === 'exists' ? { digest: planned.digest } : {};
    return { ...found(planned), outcome: outcomeOf(planned, mode), ...digest };
  }
  if (planned.action === 'publish' && planned.tag === git.commit && request.tag === undefined) checkCommitTag(facts);
  const { decision, digest } = await settle(planned, (one) => carryOut(one, { plan, built, git }, tools), decideNow);
  const outcome = outcomeOf(decision, mode);
  return { ...found(decision), fresh: recordedFresh(fresh, { outcome, mode, skipsCache }), outcome, digest };
}

/** Carries out what was planned, or, where another run has put the tag since, what that left to be done. */
async function settle(
  planned: CarriedDecision,
  carry: (decision: CarriedDecision) => Promise<string>,
  decideAgain: () => Promise<BuiltDecision>,
): Promise<{ readonly decision: CarriedDecision; readonly digest: string }> {
  try {
    return { decision: planned, digest: await carry(planned) };
  } catch (error) {
    const { isOciError } = await import('@image-versions/oci');
    if (planned.action !== 'publish' || !isOciError(error, 'conflict')) throw error;
    const decision = await decideAgain();
    if (decision.action !== 'exists') throw error;
    return { decision, digest: await carry(decision) };
  }
}

/** A tag that is a commit must mean that commit. */
function checkCommitTag({ container, git }: PublishFacts): void {
  const { project, image } = container;
  const hint = `Give it a tag of its own: nx run ${project}:publish-image --tag=v1.2.3`;
  if (git.commit === '') {
    const reason = git.gitProblem || 'git was not asked';
    throw new ImageVersionsError(
      'environment',
      `Publish ${image}: expected a commit to name the version after; there is none (${reason})`,
      { hint: `${hint}, or run it in a git work tree with a commit.` },
    );
  }
  if (git.changes !== '') {
    throw new ImageVersionsError(
      'environment',
      `Publish ${image}:${git.commit}: expected a clean work tree, so that the tag means that commit; there are changes that are not committed: ${git.changes}`,
      { hint: `Commit them, or have git ignore what is no source. ${hint}` },
    );
  }
}
