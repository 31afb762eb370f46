import type { ImageVersionsError } from '../errors.js';
import type { ContainerImage, VersionsState } from '../store/state.js';
import { composePins, composeUnpins } from './compose-pins.js';
import { composeRecords, type ResolvedTags } from './compose-records.js';
import type { PinOutcome, UnpinOutcome } from './outcomes.js';
import type { PublishRecord } from './record.js';
import type { SummaryRow } from './summary.js';

/** What happened in a run, and what the registry says. */
export interface RunFacts {
  /** All containers of the workspace; the states of others are dropped. */
  readonly workspace: readonly ContainerImage[];
  /** Of the tasks that ended well in this run, or were restored from a cache. */
  readonly records: readonly PublishRecord[];
  /** The projects whose record came from a cache. */
  readonly restored: ReadonlySet<string>;
  readonly pins: readonly PinOutcome[];
  readonly unpins: readonly UnpinOutcome[];
  /** The answers to `tagsToResolve`. */
  readonly resolved: ResolvedTags;
  readonly now: Date;
}

/** What becomes of the version files. */
export interface Composition {
  /**
   * To be written one after the other, as far as they differ from what is there: first lines that come, then lines that go, since the
   * order of the two files differs.
   */
  readonly steps: readonly VersionsState[];
  readonly rows: readonly SummaryRow[];
  /** One for each image that was left as it was. The caller reports them all, after writing. */
  readonly errors: readonly ImageVersionsError[];
}

/**
 * The version files after a run. Pins come first, then records, then unpins, so that an image both pinned and
 * published in one run ends as if the two had been run one after the other. A held image is left alone by all of them, and one
 * image's error leaves the others alone. Error `invalid` if a line of the versions file is not understood.
 */
export function compose(state: VersionsState, facts: RunFacts): Composition {
  const prefixes = new Set(facts.workspace.map(({ prefix }) => prefix));
  const known = { ...state, images: state.images.filter(({ prefix }) => prefixes.has(prefix)) };
  const pinned = composePins(known, facts.pins, facts.now);
  const published = composeRecords(pinned.state, facts);
  const unpinned = composeUnpins(published.state, facts.unpins);
  const steps = isToBeWritten(facts) ? [pinned.state, unpinned.state] : [];
  return { steps, rows: [...pinned.rows, ...published.rows, ...unpinned.rows], errors: published.errors };
}

/** A run that was dry, or whose tasks left all images alone, writes no file, though a container may have gone from the workspace. */
function isToBeWritten({ records, pins, unpins }: RunFacts): boolean {
  return (
    records.some(({ dryRun }) => !dryRun) ||
    pins.some(({ result }) => result === 'pinned') ||
    unpins.some(({ result }) => result === 'unpinned')
  );
}
