import type { Comparison } from '@image-versions/diff';
import { ImageVersionsError } from '../errors.js';
import type { ImageState } from '../store/state.js';
import type { Pin } from '../store/versions-file.js';
import { checkPinnedTag } from './pinned.js';
import { contentReasons, sameReason } from './reasons.js';
import type { Outcome, PublishMode, Reason } from './record.js';

/** What publish-image knows before it builds. */
export interface BuildFacts {
  readonly project: string;
  readonly image: string;
  readonly mode: PublishMode;
  readonly pin: Pin | undefined;
  readonly state: ImageState | undefined;
  /** See `versionsRequest`. */
  readonly fresh: number;
  /** What the registry has under `tagToResolve`: its digest, `undefined` if it is not there or nothing was asked. */
  readonly resolved: string | undefined;
  /** What the registry has of `digestToResolve`. */
  readonly stored?: string | undefined;
  /** What an unpinned image is published under: the commit's first 7 digits, or `--tag`. */
  readonly commitTag: string;
}

/** An image to build, and what is to be done with it. */
export interface BuildPlan {
  readonly action: 'build';
  /** No layer cache, and bases pulled anew. */
  readonly isFresh: boolean;
  /** What the built image is compared with; absent where nothing stands. */
  readonly standing: { readonly version: string; readonly digest: string } | undefined;
  /** Published even if its content is that of `standing`. */
  readonly publishesSame: boolean;
  /** The tag to publish it under. */
  readonly tag: string;
  /** Why it is built, other than that an input changed; may be empty. */
  readonly reasons: readonly Reason[];
}

/** What publish-image does first. */
export type BuildDecision =
  /** Nothing at all. */
  | { readonly action: 'hold'; readonly outcome: 'held'; readonly reasons: readonly Reason[] }
  /** `pinned_only`: there is nothing to publish. Without a tag, the image is not pinned. */
  | {
      readonly action: 'skip';
      readonly outcome: 'exists' | 'kept';
      readonly tag: string | undefined;
      readonly digest: string | undefined;
      readonly reasons: readonly Reason[];
    }
  /** `pinned_only`: the tag is gone, and what was pinned is not. */
  | { readonly action: 'retag'; readonly tag: string; readonly digest: string; readonly reasons: readonly Reason[] }
  | BuildPlan;

/** The tag that must be looked up before `decideBuild`; `undefined` if none. */
export function tagToResolve(facts: Pick<BuildFacts, 'mode' | 'pin' | 'state'>): string | undefined {
  const { mode, pin, state } = facts;
  if (pin?.kind === 'hold') return undefined;
  if (mode === 'pinned_only') return pin?.version;
  return pin?.version ?? state?.version;
}

/** The digest that must be looked up before `decideBuild`, once the tag is; `undefined` if none. */
export function digestToResolve(facts: Pick<BuildFacts, 'mode' | 'pin' | 'state' | 'resolved'>): string | undefined {
  const { mode, pin, state, resolved } = facts;
  if (mode !== 'pinned_only' || pin === undefined || pin.kind === 'hold' || resolved !== undefined) return undefined;
  return state?.pin?.version === pin.version ? state.pin.digest : undefined;
}

/**
 * Whether to build, against what to compare and under which tag to publish. Error `moved`, if the image's pinned tag is gone or
 * points elsewhere (not for a tag that is gone in `pinned_only`, which is there to publish it).
 */
export function decideBuild(facts: BuildFacts): BuildDecision {
  const { pin, mode } = facts;
  if (pin?.kind === 'hold') {
    // Not at which version: the line may name another one when this comes from a cache.
    return { action: 'hold', outcome: 'held', reasons: [request('A line of the versions file holds it.')] };
  }
  if (mode === 'pinned_only') return decidePinnedOnly(facts, pin);
  if (pin !== undefined) checkPinnedTag({ ...facts, version: pin.version });
  const isFresh = facts.fresh > (facts.state?.fresh ?? 0);
  const standing = standingOf(facts);
  const reasons: Reason[] = [];
  if (isFresh)
    reasons.push(request('Its pin was removed by hand: it is built afresh and published whatever its content.'));
  if (mode === 'all') reasons.push(request('Mode all publishes every image.'));
  if (standing === undefined) reasons.push(request(missing(facts)));
  return {
    action: 'build',
    isFresh,
    standing,
    publishesSame: isFresh || mode === 'all',
    tag: facts.commitTag,
    reasons,
  };
}

function decidePinnedOnly(facts: BuildFacts, pin: Pin | undefined): BuildDecision {
  const { resolved, stored, project, image, state } = facts;
  if (pin === undefined) {
    const reasons = [request('It is not pinned, and mode pinned_only publishes pinned versions.')];
    return { action: 'skip', outcome: 'kept', tag: undefined, digest: undefined, reasons };
  }
  const { version } = pin;
  if (resolved !== undefined) {
    checkPinnedTag({ project, image, version, state, resolved });
    return {
      action: 'skip',
      outcome: 'exists',
      tag: version,
      digest: resolved,
      reasons: [request(`${image}:${version} exists.`)],
    };
  }
  const reasons = [request(`The registry has no ${image}:${version}, and mode pinned_only publishes it.`)];
  if (stored !== undefined) return { action: 'retag', tag: version, digest: stored, reasons };
  return { action: 'build', isFresh: false, standing: undefined, publishesSame: true, tag: version, reasons };
}

/** What to compare with. For an unpinned image this is only what the registry still has as recorded: it can't stand at anything else. */
function standingOf({ pin, state, resolved }: BuildFacts): BuildPlan['standing'] {
  if (resolved === undefined) return undefined;
  if (pin !== undefined) return { version: pin.version, digest: resolved };
  return state !== undefined && state.digest === resolved ? { version: state.version, digest: resolved } : undefined;
}

function missing({ image, state, resolved }: BuildFacts): string {
  if (state === undefined) return 'It was never published.';
  const tag = `${image}:${state.version}`;
  if (resolved === undefined) return `The registry has no ${tag}, which it stands at.`;
  return `${tag}, which it stands at, is now on digest ${resolved} and not on ${state.digest}.`;
}

/** What publish-image knows once the image is built. */
export interface BuiltFacts {
  readonly project: string;
  readonly image: string;
  readonly plan: BuildPlan;
  /** With `plan.standing`; absent if there is none. */
  readonly comparison: Comparison | undefined;
  /** What the registry has under `plan.tag`, and whether it has the content that was built; absent if the tag is free. */
  readonly existing: { readonly digest: string; readonly isSame: boolean } | undefined;
  /** Commit tags of a tree with changes may be taken by another content; this says so in the error's hint. */
  readonly isDirty: boolean;
}

/** What becomes of a built image. `latest` moves with all but `keep`: it always means the last published image. */
export type BuiltDecision =
  /** The same in content as what it stands at. */
  | { readonly action: 'keep'; readonly tag: string; readonly digest: string; readonly reasons: readonly Reason[] }
  /** Push it under `tag`; with `retag`, put that stored manifest under it instead, since its content is the same. */
  | {
      readonly action: 'publish';
      readonly tag: string;
      readonly retag: string | undefined;
      readonly reasons: readonly Reason[];
    }
  /** The tag has this content already: a run that was killed pushed it, or another one. */
  | { readonly action: 'exists'; readonly tag: string; readonly digest: string; readonly reasons: readonly Reason[] };

/**
 * Whether to keep or publish it, or whether it is there already. A dry run decides the same, and does not carry it out. Error `conflict`,
 * if the tag exists with other content: it is never overwritten.
 */
export function decideBuilt(facts: BuiltFacts): BuiltDecision {
  const { plan, comparison, existing, image } = facts;
  const { standing, tag } = plan;
  const isSame = standing !== undefined && comparison?.verdict === 'same';
  const content =
    standing === undefined || comparison === undefined
      ? []
      : isSame
        ? [sameReason(comparison, `${image}:${standing.version}`)]
        : contentReasons(comparison);
  const reasons = [...plan.reasons, ...content];
  if (isSame && !plan.publishesSame) return { action: 'keep', tag: standing.version, digest: standing.digest, reasons };
  if (existing === undefined) {
    return { action: 'publish', tag, retag: isSame && !plan.isFresh ? standing.digest : undefined, reasons };
  }
  if (!existing.isSame) throw conflict(facts, existing.digest);
  const found = request(`${image}:${tag} is in the registry with this content; it was not pushed again.`);
  return { action: 'exists', tag, digest: existing.digest, reasons: [...reasons, found] };
}

/** What the record says of a decision: what was found under a tag counts as published, unless a mode asked for the tag. */
export function outcomeOf(decision: BuiltDecision, mode: PublishMode): Outcome {
  if (decision.action === 'keep') return 'kept';
  return decision.action === 'exists' && mode !== 'only_changed' ? 'exists' : 'published';
}

function conflict({ project, image, plan, isDirty }: BuiltFacts, digest: string): ImageVersionsError {
  const hint = isDirty
    ? `The tree has changes that are not committed: commit them, or give it a tag of its own with --tag (nx run ${project}:publish-image --tag=…).`
    : `Commit again, or give it a tag of its own with --tag (nx run ${project}:publish-image --tag=…).`;
  return new ImageVersionsError(
    'conflict',
    `Publish ${image}:${plan.tag}: expected a free tag, or one with the content that was built; the tag is on digest ${digest}, with other content`,
    { hint },
  );
}

function request(text: string): Reason {
  return { kind: 'request', text };
}
