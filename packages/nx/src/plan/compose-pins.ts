import { imageOf, standingVersion, type VersionsState, withImage } from '../store/state.js';
import { pinOf, withoutPins, withRelease } from '../store/versions-file.js';
import type { PinOutcome, UnpinOutcome } from './outcomes.js';
import type { SummaryRow } from './summary.js';

interface Composed {
  readonly state: VersionsState;
  readonly rows: SummaryRow[];
}

/** The version files after the `pin` tasks of a run: one header for each version, below it all lines. */
export function composePins(state: VersionsState, outcomes: readonly PinOutcome[], date: Date): Composed {
  const wanted = outcomes.filter((outcome) => outcome.result === 'pinned' && mayPin(state, outcome));
  let { versions } = state;
  for (const version of new Set(wanted.map((outcome) => outcome.version))) {
    const prefixes = wanted.filter((outcome) => outcome.version === version).map(({ prefix }) => prefix);
    versions = withRelease(versions, { version, date, prefixes: prefixes.sort() });
  }
  let composed: VersionsState = { ...state, versions };
  for (const outcome of wanted) composed = withPin(composed, outcome);
  const rows = outcomes.map((outcome) => {
    const after = standingVersion(composed, outcome.prefix);
    const result = outcome.result === 'pinned' && !wanted.includes(outcome) ? 'already' : outcome.result;
    return row({ ...outcome, result }, standingVersion(state, outcome.prefix), after, wording(outcome, after));
  });
  return { state: composed, rows };
}

/** The version files after the `unpin` tasks of a run. Lines go and the states keep their pins, as if a person had removed the lines. */
export function composeUnpins(state: VersionsState, outcomes: readonly UnpinOutcome[]): Composed {
  let { images } = state;
  const prefixes = outcomes.filter(({ result }) => result === 'unpinned').map(({ prefix }) => prefix);
  for (const prefix of prefixes) {
    const pin = pinOf(state.versions, prefix);
    const image = imageOf(state, prefix);
    if (pin?.kind !== 'pin' || image === undefined || image.pin !== undefined) continue;
    images = withImage({ ...state, images }, { ...image, pin: { version: pin.version, digest: image.digest } }).images;
  }
  const composed = { versions: withoutPins(state.versions, prefixes), images };
  const rows = outcomes.map((outcome) => {
    const after = standingVersion(composed, outcome.prefix);
    const text = {
      unpinned: 'Its line was removed; the next publish-image builds it afresh.',
      held: `It is held at ${after} by hand.`,
      already: 'It was not pinned.',
    }[outcome.result];
    return row(outcome, standingVersion(state, outcome.prefix), after, text);
  });
  return { state: composed, rows };
}

function row(
  outcome: Pick<PinOutcome | UnpinOutcome, 'project' | 'image' | 'result'> & { readonly digest?: string | undefined },
  before: string | undefined,
  after: string | undefined,
  text: string,
): SummaryRow {
  const { project, image, result, digest } = outcome;
  return {
    project,
    image,
    outcome: result,
    dryRun: false,
    before,
    after,
    tag: after,
    digest,
    reasons: [{ kind: 'request', text }],
  };
}

/** False if a person, or another run, has held or pinned it since the task looked. */
function mayPin(state: VersionsState, outcome: PinOutcome): boolean {
  const pin = pinOf(state.versions, outcome.prefix);
  return pin === undefined || (pin.kind === 'pin' && (outcome.repin || pin.version === outcome.version));
}

/** With what an image was pinned at. */
function withPin(
  state: VersionsState,
  { project, prefix, image, version, digest, standing }: PinOutcome,
): VersionsState {
  if (digest === undefined) return state;
  const before = imageOf(state, prefix);
  return withImage(state, {
    project,
    prefix,
    image,
    version: before?.digest === digest ? before.version : (standing ?? version),
    digest,
    pin: { version, digest },
    fresh: before?.fresh ?? 0,
  });
}

function wording(outcome: PinOutcome, after: string | undefined): string {
  if (outcome.result === 'held') return `It is held at ${after} by hand.`;
  if (after === outcome.version && outcome.result === 'pinned') return `Pinned at ${after}.`;
  return `It is pinned at ${after} already.`;
}
