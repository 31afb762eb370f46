import { ImageVersionsError } from '../errors.js';
import {
  type ContainerImage,
  type ImageState,
  imageOf,
  standingVersion,
  type VersionsState,
  withImage,
} from '../store/state.js';
import { type Pin, pinOf, withoutPins } from '../store/versions-file.js';
import { checkPinnedTag, checkPublishedTag } from './pinned.js';
import type { PublishRecord } from './record.js';
import type { SummaryRow } from './summary.js';

/** The registry's answers by `image:tag`: the digest, `undefined` if there is no such tag. */
export type ResolvedTags = ReadonlyMap<string, string | undefined>;

/** A tag to ask for. Where the registry can't be asked, an optional one counts as not there. */
interface WantedTag {
  readonly image: string;
  readonly version: string;
  readonly isOptional?: true;
}

interface RecordFacts {
  readonly workspace: readonly ContainerImage[];
  readonly records: readonly PublishRecord[];
  readonly restored: ReadonlySet<string>;
  readonly resolved: ResolvedTags;
}

type ComposedRecord = PublishRecord & { readonly digest: string; readonly tag: string };

/** Whether a record can change the version files: not one of a dry run, and none without a digest, as of a held image. */
function isComposed(record: PublishRecord): record is ComposedRecord {
  return !record.dryRun && record.digest !== undefined && record.tag !== undefined;
}

/**
 * The tags that `compose` must know the digest of. For a record from a cache: the image's pin, and the tag that it comes to stand at where it
 * is not pinned or its pin may go. For one of this run: only a pin that was never composed (written by hand, or by a run that was killed). For
 * a held image: its hold, if nothing else is known of it.
 */
export function tagsToResolve(state: VersionsState, facts: Omit<RecordFacts, 'resolved'>): WantedTag[] {
  const tags: WantedTag[] = [];
  const containers = byProject(facts.workspace);
  for (const record of facts.records) {
    const prefix = containers.get(record.project)?.prefix;
    if (prefix === undefined || record.dryRun) continue;
    const pin = pinOf(state.versions, prefix);
    const before = imageOf(state, prefix);
    if (pin?.kind === 'hold' && before === undefined)
      tags.push({ image: record.image, version: pin.version, isOptional: true });
    if (pin?.kind === 'hold' || !isComposed(record) || record.mode !== 'only_changed') continue;
    const isRestored = facts.restored.has(record.project);
    const known = pin !== undefined && before?.pin?.version === pin.version ? before.pin.digest : undefined;
    if (pin !== undefined && (isRestored || known === undefined)) {
      tags.push({ image: record.image, version: pin.version });
    }
    if (isRestored && known !== record.digest) tags.push({ image: record.image, version: versionOf(record, before) });
  }
  return tags;
}

/** The version files after the publish-image tasks of a run; see the table in docs/decisions/0001. */
export function composeRecords(
  state: VersionsState,
  facts: RecordFacts,
): { state: VersionsState; rows: SummaryRow[]; errors: ImageVersionsError[] } {
  const rows: SummaryRow[] = [];
  const errors: ImageVersionsError[] = [];
  const containers = byProject(facts.workspace);
  let composed = state;
  for (const record of facts.records) {
    const container = containers.get(record.project);
    if (container === undefined) continue;
    const before = standingVersion(composed, container.prefix);
    const pin = pinOf(composed.versions, container.prefix);
    let error: ImageVersionsError | undefined;
    try {
      composed = isComposed(record)
        ? composeRecord(composed, record, container, facts.resolved)
        : composeUnknownHold(composed, container, facts.resolved);
    } catch (thrown) {
      if (!(thrown instanceof ImageVersionsError) || thrown.code !== 'moved') throw thrown;
      error = thrown;
      errors.push(thrown);
    }
    const after = standingVersion(composed, container.prefix);
    const lost =
      pin !== undefined && pinOf(composed.versions, container.prefix) === undefined ? pin.version : undefined;
    rows.push({ ...rowOf(record, facts.restored.has(record.project), lost, error), before, after });
  }
  return { state: composed, rows, errors };
}

function byProject(workspace: readonly ContainerImage[]): ReadonlyMap<string, ContainerImage> {
  return new Map(workspace.map((container) => [container.project, container]));
}

function composeRecord(
  state: VersionsState,
  record: ComposedRecord,
  container: ContainerImage,
  resolved: ResolvedTags,
): VersionsState {
  const pin = pinOf(state.versions, container.prefix);
  const image = imageOf(state, container.prefix);
  // Held, or a run at the same time has carried out a fresh build since this record was made.
  if (pin?.kind === 'hold' || record.fresh < (image?.fresh ?? 0)) return state;
  const base: ImageState = {
    ...container,
    version: versionOf(record, image),
    digest: record.digest,
    fresh: record.fresh,
  };
  if (record.mode === 'pinned_only') {
    if (pin === undefined) return state;
    return withImage(state, { ...base, pin: { version: pin.version, digest: record.digest } });
  }
  if (pin === undefined) return composeUnpinned(state, record, base, resolved);
  return record.mode === 'all' ? state : composePinned(state, record, base, pin, resolved);
}

/** A held image that was never published from here stands at its hold, where the registry has that: scripts get all its variables. */
function composeUnknownHold(state: VersionsState, container: ContainerImage, resolved: ResolvedTags): VersionsState {
  const pin = pinOf(state.versions, container.prefix);
  if (pin?.kind !== 'hold' || imageOf(state, container.prefix) !== undefined) return state;
  const digest = resolved.get(`${container.image}:${pin.version}`);
  return digest === undefined ? state : withImage(state, { ...container, version: pin.version, digest, fresh: 0 });
}

/** The version that a record gives an unpinned image: the one that it has, while the digest is the same and was not published anew. */
function versionOf(record: ComposedRecord, before: ImageState | undefined): string {
  const isKept = before?.digest === record.digest && record.mode !== 'all' && record.fresh <= before.fresh;
  return isKept ? before.version : record.tag;
}

/** Error `moved`, if the registry was asked for the tag that an image comes to stand at, and has another digest there or none. */
function checkStanding({ project, image, version, digest }: ImageState, resolved: ResolvedTags): void {
  const tag = `${image}:${version}`;
  if (resolved.has(tag)) checkPublishedTag({ image, project, tag: version, digest, resolved: resolved.get(tag) });
}

function composeUnpinned(
  state: VersionsState,
  record: ComposedRecord,
  base: ImageState,
  resolved: ResolvedTags,
): VersionsState {
  checkStanding(base, resolved);
  const before = imageOf(state, base.prefix);
  // A line that was removed while this run went on is still to be answered by a fresh build: the state keeps its pin.
  const pin = before !== undefined && record.fresh > before.fresh ? undefined : before?.pin;
  return withImage(state, { ...base, ...(pin && { pin }) });
}

function composePinned(
  state: VersionsState,
  record: ComposedRecord,
  base: ImageState,
  pin: Pin,
  resolved: ResolvedTags,
): VersionsState {
  const { project, image } = record;
  const before = imageOf(state, base.prefix);
  const { version } = pin;
  const tag = `${image}:${version}`;
  const found = resolved.get(tag);
  if (resolved.has(tag)) checkPinnedTag({ image, project, version, state: before, resolved: found });
  const digest = found ?? (before?.pin?.version === version ? before.pin.digest : undefined);
  if (digest === undefined) {
    throw new ImageVersionsError('moved', `The pin of ${project} was changed to ${tag} during the run`, {
      hint: 'Run publish-image again.',
    });
  }
  if (digest === record.digest) return withImage(state, { ...base, pin: { version, digest } });
  checkStanding(base, resolved);
  return { ...withImage(state, base), versions: withoutPins(state.versions, [base.prefix]) };
}

function rowOf(
  record: PublishRecord,
  isRestored: boolean,
  lostPin: string | undefined,
  error: ImageVersionsError | undefined,
): Omit<SummaryRow, 'before' | 'after'> {
  const { project, image, outcome, tag, digest, dryRun } = record;
  const row = { project, image, dryRun, tag, digest };
  if (error !== undefined) return { ...row, outcome: 'failed', reasons: [{ kind: 'request', text: error.message }] };
  if (!isRestored || outcome === 'held') return { ...row, outcome, reasons: record.reasons };
  const text = `No input changed since it was last ${outcome === 'published' ? `published, as ${tag}` : `looked at: its content is that of ${tag}`}.`;
  // The record came from a cache, and knows nothing of the pin.
  const unpinned = `Its pin ${lostPin} is another image, so its line was removed; a hold (export) would have stayed.`;
  const texts = lostPin === undefined ? [text] : [text, unpinned];
  return { ...row, outcome: 'kept', reasons: texts.map((text) => ({ kind: 'graph', text })) };
}
