import { describe, expect, it } from 'vitest';
import { type ImageState, imageOf, type VersionsState } from '../store/state.js';
import { parseVersionsFile, pinOf } from '../store/versions-file.js';
import { composeRecords, tagsToResolve } from './compose-records.js';
import type { PublishRecord } from './record.js';
import { digestOf } from './world.testing.js';

const container = { project: 'app', prefix: 'app', image: 'r.io/app' };
const [one, two] = [digestOf('one'), digestOf('two')];
const pinned = { version: 'v1.0.0', digest: one };
const pinLine = 'app_VER="v1.0.0"\n';

function stateOf(versions: string, image?: Partial<ImageState>): VersionsState {
  const known = image && { ...container, version: '1111111', digest: one, fresh: 0, ...image };
  return { versions: parseVersionsFile(versions), images: known ? [known] : [] };
}

function recordOf(record: Partial<PublishRecord> = {}): PublishRecord {
  const found = { outcome: 'published', digest: one, tag: '1111111', fresh: 0 } as const;
  return { formatVersion: 1, ...container, mode: 'only_changed', dryRun: false, reasons: [], ...found, ...record };
}

const facts = (record: PublishRecord, restored: readonly string[] = []) => {
  return { workspace: [container], records: [record], restored: new Set(restored) };
};

describe('the tags to ask for', () => {
  const tags = (state: VersionsState, record: PublishRecord, restored: readonly string[] = []) =>
    tagsToResolve(state, facts(record, restored)).map(({ version }) => version);

  it.each([
    ['none of an image that is not pinned', stateOf('', {}), []],
    ['none of a pin that was composed', stateOf(pinLine, { pin: pinned }), []],
    ['a pin that a person wrote', stateOf(pinLine, {}), ['v1.0.0']],
  ])('for a record of this run are %s', (_, state, expected) => {
    expect(tags(state, recordOf({ digest: two, tag: '2222222' }))).toEqual(expected);
  });

  it.each([
    ['the one that an unpinned image comes to stand at', stateOf('', {}), one, ['1111111']],
    ['the pin alone of an image that is what was pinned', stateOf(pinLine, { pin: pinned }), one, ['v1.0.0']],
    ['the pin, and what takes its place', stateOf(pinLine, { pin: pinned }), two, ['v1.0.0', '1111111']],
  ])('for a record of a cache are %s', (_, state, digest, expected) => {
    expect(tags(state, recordOf({ digest }), ['app'])).toEqual(expected);
  });

  const hold = 'export app_VER="v1.0.0"\n';
  it.each([
    ['a dry run', stateOf('', {}), { dryRun: true }],
    ['another mode', stateOf('', {}), { mode: 'all' as const }],
    ['a held image of which something is known', stateOf(hold, {}), { outcome: 'held' as const, digest: undefined }],
    ['an image that is held since', stateOf(hold, {}), {}],
    ['a project that is gone', stateOf('', {}), { project: 'gone' }],
  ])('for a record of %s are none', (_, state, record) => {
    expect(tags(state, recordOf(record), ['app', 'gone'])).toEqual([]);
  });
});

describe('composing a record', () => {
  const composed = (state: VersionsState, record: PublishRecord, restored: readonly string[] = []) =>
    composeRecords(state, { ...facts(record, restored), resolved: new Map() });

  it('leaves all as it is for a dry run, and says what it found; and for a project that is gone', () => {
    const state = stateOf('', {});
    const dry = composed(state, recordOf({ outcome: 'exists', digest: two, tag: '2222222', dryRun: true }));
    expect(dry.state).toEqual(state);
    expect(dry.rows).toMatchObject([{ outcome: 'exists', dryRun: true, before: '1111111', after: '1111111' }]);
    expect(composed(state, recordOf({ project: 'gone', digest: two }))).toEqual({ state, rows: [], errors: [] });
  });

  it('leaves an image that a person has held since', () => {
    const state = stateOf('export app_VER="v1.0.0"\n', {});
    expect(composed(state, recordOf({ digest: two, tag: '2222222' })).state).toEqual(state);
  });

  it('notes what a held image is at of which nothing was known', () => {
    const held = recordOf({ outcome: 'held', digest: undefined, tag: undefined });
    const resolved = new Map([['r.io/app:v1.0.0', two]]);
    const { state } = composeRecords(stateOf('export app_VER="v1.0.0"\n'), { ...facts(held), resolved });
    expect(state.images).toEqual([{ ...container, version: 'v1.0.0', digest: two, fresh: 0 }]);
  });

  it('throws for a line that is not understood, since that concerns all images', () => {
    expect(() => composed(stateOf('app_VER="$(id)"\n', {}), recordOf())).toThrow(/line 1: expected app_VER=/);
  });

  it('leaves an image that another run has built afresh since', () => {
    const state = stateOf('', { version: '2222222', digest: two, fresh: 1 });
    expect(composed(state, recordOf()).state).toEqual(state);
  });

  it('leaves a line that was removed meanwhile to be answered by a fresh build', () => {
    const after = composed(stateOf('', { pin: pinned }), recordOf({ digest: two, tag: '2222222' })).state;
    expect(imageOf(after, 'app')).toMatchObject({ version: '2222222', pin: pinned });
  });

  it('takes a line as answered by the fresh build that it asked for', () => {
    const after = composed(stateOf('', { pin: pinned }), recordOf({ fresh: 1, tag: '2222222' })).state;
    expect(imageOf(after, 'app')).toMatchObject({ version: '2222222', fresh: 1 });
    expect(imageOf(after, 'app')?.pin).toBeUndefined();
  });

  it('keeps the version of an image whose digest is the same, however many fresh builds it had', () => {
    const state = stateOf('', { version: '3333333', fresh: 2 });
    expect(imageOf(composed(state, recordOf({ fresh: 2 }), ['app']).state, 'app')?.version).toBe('3333333');
  });

  it('is an error where a person changed the pin during the run', () => {
    const { state, rows, errors } = composed(stateOf(pinLine, {}), recordOf({ digest: two }));
    expect(rows).toMatchObject([
      { image: 'r.io/app', outcome: 'failed', reasons: [{ kind: 'request', text: errors[0]?.message }] },
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      'The pin of app was changed to r.io/app:v1.0.0 during the run',
    ]);
    expect(pinOf(state.versions, 'app')?.version).toBe('v1.0.0');
  });

  it.each([
    ['published', 'No input changed since it was last published, as 1111111.'],
    ['kept', 'No input changed since it was last looked at: its content is that of 1111111.'],
  ] as const)('of a cache says when an image that was %s was looked at', (outcome, text) => {
    const { rows } = composed(stateOf('', {}), recordOf({ outcome }), ['app']);
    expect(rows).toMatchObject([{ outcome: 'kept', reasons: [{ kind: 'graph', text }] }]);
  });
});
