import type { Comparison } from '@image-versions/diff';
import type { Digest, Image, ImageSet, PublishProgress, Repository } from '@image-versions/oci';
import type { BuiltImage } from '../../build/builder.js';
import { ImageVersionsError } from '../../errors.js';
import type { PublishRequest } from '../../options/publish-options.js';
import {
  type BuildPlan,
  type BuiltDecision,
  decideBuild,
  decideBuilt,
  digestToResolve,
  outcomeOf,
  tagToResolve,
} from '../../plan/decide.js';
import { recordedFresh } from '../../plan/fresh.js';
import type { PublishRecord, Reason } from '../../plan/record.js';
import type { ContainerState } from '../container.js';
import { inputAnnotations } from './input-annotations.js';
import { knownLayers } from './known-layers.js';

/** What git says, as the hook hands it over. */
export interface Commit {
  /** Seven hex digits, or empty. */
  readonly commit: string;
  readonly dirty: boolean;
  readonly gitProblem: string;
}

/** What publishing one image does to the world, and takes from it. */
export interface PublishTools {
  readonly repository: Repository;
  build(isFresh: boolean): Promise<BuiltImage>;
  compare(before: ImageSet, built: BuiltImage): Promise<Comparison>;
  /** Fingerprint annotations, which save the next comparison its download. */
  annotations(image: Image): Promise<Record<string, string>>;
  /** Told each step of a push. */
  onPush(step: PublishProgress): void;
  /** Which inputs changed since a version was published with these annotations. */
  changedInputs(annotations: Readonly<Record<string, string>>, built: BuiltImage): Promise<Reason[]>;
}

export interface PublishFacts {
  readonly container: ContainerState;
  readonly request: PublishRequest;
  readonly fresh: number;
  /** Whether Nx neither takes results from its caches nor puts them there. */
  readonly skipsCache: boolean;
  readonly git: Commit;
}

/**
 * Brings one image to where its content says that it belongs: kept, published, or found published. Writes the registry, and
 * nothing else; a dry run not even that. Errors: `moved`, `conflict`, `environment`; those of builder and registry.
 */
export async function publish(facts: PublishFacts, tools: PublishTools): Promise<PublishRecord> {
  const { container, request, fresh, skipsCache, git } = facts;
  const { pin, state } = container;
  const { project, image } = container.container;
  const { mode, dryRun } = request;
  const record = {
    formatVersion: 1,
    project,
    image,
    mode,
    dryRun,
    fresh,
    ...(git.commit === '' ? {} : { commit: git.commit, dirty: git.dirty }),
  } as const;

  const asked = tagToResolve({ mode, pin, state });
  // What is expected to be there is looked up as a reader; what may be the first of its repository as who is to push it.
  const toPush = mode === 'pinned_only' && !dryRun;
  const resolved = asked === undefined ? undefined : (await tools.repository.resolve(asked, { toPush }))?.digest;
  const commitTag = request.tag ?? git.commit;
  const wanted = digestToResolve({ mode, pin, state, resolved });
  const stored = wanted === undefined ? undefined : (await tools.repository.resolve(wanted, { toPush }))?.digest;
  const decision = decideBuild({ project, image, mode, pin, state, fresh, resolved, stored, commitTag });
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
    const { comparison, reasons } = await compareWithStanding(decision, built, tools);
    const existing = await findExisting(decision, comparison, built, tools, dryRun);
    const isDirty = git.dirty;
    const after = decideBuilt({ project, image, plan: decision, comparison, existing, isDirty });
    const { builder, bases } = built;
    const found = {
      ...record,
      builder,
      bases,
      ...(comparison && { comparison, ...fingerprintOf(comparison) }),
      reasons: [...reasons, ...after.reasons],
    };
    if (after.action === 'keep') return { ...found, outcome: 'kept', tag: after.tag, digest: after.digest };
    const outcome = outcomeOf(after, mode);
    if (dryRun)
      return { ...found, outcome, tag: after.tag, ...(after.action === 'exists' && { digest: after.digest }) };
    if (after.action === 'publish' && decision.tag === commitTag && request.tag === undefined) checkCommitTag(facts);
    const digest = await carryOut(after, decision, built, tools, facts);
    return { ...found, fresh: recordedFresh(fresh, { outcome, mode, skipsCache }), outcome, tag: after.tag, digest };
  } finally {
    await built.close();
  }
}

function fingerprintOf({ after }: Comparison): { fingerprint?: string } {
  return after.fingerprint === undefined ? {} : { fingerprint: after.fingerprint };
}

/** What it stands at beside what was built, and reasons that no comparison gives. */
async function compareWithStanding(
  { standing }: BuildPlan,
  built: BuiltImage,
  { repository, compare, changedInputs }: PublishTools,
): Promise<{ comparison?: Comparison; reasons: readonly Reason[] }> {
  if (standing === undefined) return { reasons: [] };
  const { openRepositoryImages } = await import('@image-versions/oci');
  const before = await openRepositoryImages(repository, standing.digest, {
    name: `${repository.name}:${standing.version}`,
  });
  try {
    const [compared, inputs] = await Promise.all([
      compareOrSay(() => compare(before, built), before.name),
      changedInputs(before.annotations, built),
    ]);
    return { ...compared, reasons: [...inputs, ...compared.reasons] };
  } finally {
    await before.close();
  }
}

/** Images too large to be compared count as changed, since that never leaves a change unpublished. */
async function compareOrSay(
  compare: () => Promise<Comparison>,
  standing: string,
): Promise<{ comparison?: Comparison; reasons: readonly Reason[] }> {
  try {
    return { comparison: await compare(), reasons: [] };
  } catch (error) {
    const { isDiffError } = await import('@image-versions/diff');
    if (!isDiffError(error, 'limit')) throw error;
    const text = `It is too large to be compared with ${standing}, and so counts as changed (${error.message}).`;
    return { reasons: [{ kind: 'content', text }] };
  }
}

/** What the tag to publish under is on already, if anything. */
async function findExisting(
  { tag, standing }: BuildPlan,
  comparison: Comparison | undefined,
  built: BuiltImage,
  { repository, compare }: PublishTools,
  dryRun: boolean,
): Promise<{ digest: string; isSame: boolean } | undefined> {
  const toPush = standing === undefined && !dryRun;
  const digest = tag === '' ? undefined : (await repository.resolve(tag, { toPush }))?.digest;
  if (digest === undefined) return undefined;
  if (digest === standing?.digest && comparison) return { digest, isSame: comparison.verdict === 'same' };
  const { openRepositoryImages } = await import('@image-versions/oci');
  const before = await openRepositoryImages(repository, digest, { name: `${repository.name}:${tag}` });
  try {
    const { comparison } = await compareOrSay(() => compare(before, built), before.name);
    return { digest, isSame: comparison?.verdict === 'same' };
  } finally {
    await before.close();
  }
}

/** A tag that is a commit must mean that commit. */
function checkCommitTag({ container, git }: PublishFacts): void {
  const { project, image } = container.container;
  const hint = `Give it a tag of its own: nx run ${project}:publish-image --tag=v1.2.3`;
  if (git.commit === '') {
    const reason = git.gitProblem || 'git was not asked';
    throw new ImageVersionsError(
      'environment',
      `Publish ${image}: expected a commit to name the version after; there is none (${reason})`,
      { hint: `${hint}, or run it in a git work tree with a commit.` },
    );
  }
  if (git.dirty) {
    throw new ImageVersionsError(
      'environment',
      `Publish ${image}:${git.commit}: expected a clean work tree, so that the tag means that commit; there are changes that are not committed`,
      { hint: `Commit them. ${hint}` },
    );
  }
}

async function carryOut(
  decision: Exclude<BuiltDecision, { action: 'keep' }>,
  plan: BuildPlan,
  built: BuiltImage,
  tools: PublishTools,
  { git }: PublishFacts,
): Promise<string> {
  const { repository } = tools;
  const { publishImage, publishIndex } = await import('@image-versions/oci');
  const { tag } = decision;
  const digest = decision.action === 'exists' ? decision.digest : decision.retag;
  if (digest !== undefined) {
    await putTags(repository, digest, tag);
    return digest;
  }
  const { image, images, source } = built;
  const known = (image: Image) => knownLayers(image, built, repository, plan.standing?.digest);
  const options = { tag, additionalTags: ['latest'], onProgress: tools.onPush, ...(source && { source }) };
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
async function putTags(repository: Repository, digest: string, tag: string): Promise<void> {
  const { retag } = await import('@image-versions/oci');
  await retag(repository, digest as Digest, tag);
  await retag(repository, digest as Digest, 'latest', { force: true });
}
