import { describe, expect, it } from 'vitest';
import { type ImageState, imageOf, type VersionsState } from '../store/state.js';
import { formatVersionsFile, parseVersionsFile, pinOf } from '../store/versions-file.js';
import { composePins, composeUnpins } from './compose-pins.js';
import type { PinOutcome, UnpinOutcome } from './outcomes.js';
import { digestOf } from './world.testing.js';

const container = { project: 'app', prefix: 'app', image: 'r.io/app' };
const [one, two] = [digestOf('one'), digestOf('two')];
const date = new Date('2024-05-06T07:08:09Z');

function stateOf(versions: string, image?: Partial<ImageState>): VersionsState {
  const known = image && { ...container, version: '1111111', digest: one, fresh: 0, ...image };
  return { versions: parseVersionsFile(versions), images: known ? [known] : [] };
}

describe('composing a pin', () => {
  const pinned = { result: 'pinned', digest: one, standing: '1111111' } as const;
  const composed = (state: VersionsState, outcome: Partial<PinOutcome>) => {
    const whole = { ...container, formatVersion: 1, version: 'v2.0.0', repin: false, ...pinned, ...outcome } as const;
    const { state: after, rows } = composePins(state, [whole], date);
    const text = rows.map(({ outcome, reasons }) => `${outcome}: ${reasons.map((reason) => reason.text)}`).join();
    return { line: pinOf(after.versions, 'app'), image: imageOf(after, 'app'), text };
  };

  it('writes the line and what it stands for', () => {
    expect(composed(stateOf('', {}), {})).toMatchObject({
      line: { kind: 'pin', version: 'v2.0.0' },
      image: { version: '1111111', digest: one, pin: { version: 'v2.0.0', digest: one } },
      text: 'pinned: Pinned at v2.0.0.',
    });
  });

  it.each([
    ['pinned', 'app_VER="v1.0.0"\n'],
    ['held', 'export app_VER="v1.0.0"\n'],
  ])('leaves an image that a person has %s since the task looked', (_, line) => {
    const before = stateOf(line, {});
    const after = composed(before, {});
    expect(after).toMatchObject({ line: pinOf(before.versions, 'app'), text: expect.stringMatching(/^already: /) });
    expect(after.image?.pin).toBeUndefined();
  });

  it('moves an image that is pinned if it was asked to, but none that is held', () => {
    const repin = { repin: true };
    expect(composed(stateOf('app_VER="v1.0.0"\n', {}), repin).line).toEqual({ kind: 'pin', version: 'v2.0.0' });
    expect(composed(stateOf('export app_VER="v1.0.0"\n', {}), repin).line).toEqual({ kind: 'hold', version: 'v1.0.0' });
  });

  it.each(['held', 'already'] as const)('pins nothing that was %s when the task looked', (result) => {
    expect(composed(stateOf('', {}), { result, pinnedAt: 'v1.0.0' }).line).toBeUndefined();
  });

  it('writes the lines of each version below a header of their own', () => {
    const outcomes = [
      { ...container, formatVersion: 1, version: 'v2.0.0', repin: false, ...pinned } as const,
      {
        ...container,
        formatVersion: 1,
        version: 'v3.0.0',
        repin: false,
        ...pinned,
        project: 'db',
        prefix: 'db',
      } as const,
    ];
    const { versions } = composePins(stateOf('# mine\n', {}), outcomes, date).state;
    expect(formatVersionsFile(versions)).toBe(
      '# mine\n# Mon May  6 07:08:09 UTC 2024 -- v2.0.0\napp_VER="v2.0.0"\n# Mon May  6 07:08:09 UTC 2024 -- v3.0.0\ndb_VER="v3.0.0"\n',
    );
  });

  it('keeps as standing what the image stood at, and for another digest what the task says', () => {
    expect(composed(stateOf('', { version: '3333333' }), {}).image?.version).toBe('3333333');
    expect(composed(stateOf('', { digest: two }), { standing: 'v0.9.0' }).image?.version).toBe('v0.9.0');
    expect(composed(stateOf('', { digest: two }), { standing: undefined }).image?.version).toBe('v2.0.0');
  });

  it('says of an image that is held where', () => {
    const held = { result: 'held', pinnedAt: 'v1.0.0' } as const;
    expect(composed(stateOf('export app_VER="v1.0.0"\n', {}), held).text).toBe('held: It is held at v1.0.0 by hand.');
  });
});

describe('composing an unpin', () => {
  const composed = (state: VersionsState, result: UnpinOutcome['result'] = 'unpinned') => {
    const { state: after, rows } = composeUnpins(state, [{ ...container, formatVersion: 1, result }]);
    return { line: pinOf(after.versions, 'app'), image: imageOf(after, 'app'), text: rows[0]?.reasons[0]?.text };
  };

  it.each([
    ['that was composed', { pin: { version: 'v1.0.0', digest: two } }, two],
    ['that a person wrote', {}, one],
  ])('removes the line of a pin %s, and lets the state ask for a fresh build', (_, image, digest) => {
    const { line, image: after, text } = composed(stateOf('app_VER="v1.0.0"\n', image));
    expect(line).toBeUndefined();
    expect(after?.pin).toEqual({ version: 'v1.0.0', digest });
    expect(text).toBe('Its line was removed; the next publish-image builds it afresh.');
  });

  it('leaves a hold', () => {
    const { line, image, text } = composed(stateOf('export app_VER="v1.0.0"\n', {}), 'held');
    expect(line).toEqual({ kind: 'hold', version: 'v1.0.0' });
    expect(image?.pin).toBeUndefined();
    expect(text).toBe('It is held at v1.0.0 by hand.');
  });

  it('leaves an image that was not pinned', () => {
    const { image, text } = composed(stateOf('', {}), 'already');
    expect(image?.pin).toBeUndefined();
    expect(text).toBe('It was not pinned.');
    expect(composed(stateOf('app_VER="v1.0.0"\n', {}), 'already').line).toEqual({ kind: 'pin', version: 'v1.0.0' });
  });
});
