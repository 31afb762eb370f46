import type { Comparison } from '@image-versions/diff';
import { describe, expect, it } from 'vitest';
import type { ImageState } from '../store/state.js';
import {
  type BuildFacts,
  type BuildPlan,
  type BuiltFacts,
  decideBuild,
  decideBuilt,
  digestToResolve,
  outcomeOf,
  tagToResolve,
} from './decide.js';

const A = `sha256:${'a'.repeat(64)}`;
const B = `sha256:${'b'.repeat(64)}`;

const image = 'ghcr.io/acme/app';
const state: ImageState = { project: 'app', prefix: 'app', image, version: '1111111', digest: A, fresh: 3 };
const pinnedState: ImageState = { ...state, pin: { version: 'v1.0.0', digest: A } };
const pin = { kind: 'pin', version: 'v1.0.0' } as const;

const facts = (some: Partial<BuildFacts>): BuildFacts => ({
  project: 'app',
  image,
  mode: 'only_changed',
  pin: undefined,
  state,
  fresh: 3,
  resolved: A,
  commitTag: '2222222',
  ...some,
});

const comparison = (some: Partial<Comparison>): Comparison => ({
  verdict: 'same',
  decidedBy: 'content',
  before: { name: 'before' },
  after: { name: 'after' },
  changes: [],
  truncated: false,
  categories: [],
  noise: [],
  profile: 'content',
  policyVersion: '1',
  ...some,
});

describe('before the build', () => {
  it('a held image is left alone, in every mode', () => {
    for (const mode of ['only_changed', 'all', 'pinned_only'] as const) {
      const hold = { kind: 'hold', version: 'v0.9.0' } as const;
      expect(tagToResolve({ mode, pin: hold, state })).toBeUndefined();
      const wasPinned = { ...state, pin: { version: 'v0.9.0', digest: A } };
      expect(digestToResolve({ mode, pin: hold, state: wasPinned, resolved: undefined })).toBeUndefined();
      expect(decideBuild(facts({ mode, pin: hold, resolved: undefined }))).toEqual({
        action: 'hold',
        outcome: 'held',
        reasons: [{ kind: 'request', text: 'A line of the versions file holds it.' }],
      });
    }
  });

  it('a pinned image is compared with its pin', () => {
    expect(tagToResolve({ mode: 'only_changed', pin, state })).toBe('v1.0.0');
    expect(decideBuild(facts({ pin, state: pinnedState }))).toEqual({
      action: 'build',
      isFresh: false,
      standing: { version: 'v1.0.0', digest: A },
      publishesSame: false,
      tag: '2222222',
      reasons: [],
    });
  });

  it('an unpinned image is compared with the version it stands at', () => {
    expect(tagToResolve({ mode: 'only_changed', pin: undefined, state })).toBe('1111111');
    expect(decideBuild(facts({}))).toMatchObject({ standing: { version: '1111111', digest: A }, publishesSame: false });
  });

  it('an image that was never published is compared with nothing', () => {
    expect(tagToResolve({ mode: 'only_changed', pin: undefined, state: undefined })).toBeUndefined();
    expect(decideBuild(facts({ state: undefined, resolved: undefined, fresh: 0 }))).toMatchObject({
      standing: undefined,
      isFresh: false,
      reasons: [{ kind: 'request', text: 'It was never published.' }],
    });
  });

  it('a pin that a person wrote only has to be there', () => {
    const byHand = { kind: 'pin', version: 'v0.8.0' } as const;
    expect(decideBuild(facts({ pin: byHand, state: pinnedState, resolved: B }))).toMatchObject({
      standing: { version: 'v0.8.0', digest: B },
    });
    expect(() => decideBuild(facts({ pin: byHand, state: pinnedState, resolved: undefined }))).toThrowError(
      'Pinned tag ghcr.io/acme/app:v0.8.0: expected a digest (none is recorded: the line was written by hand); got: the registry has no such tag',
    );
  });

  it('a pinned tag that is gone or moved is an error with image, tag, both digests and the way out', () => {
    for (const mode of ['only_changed', 'all'] as const) {
      expect(() => decideBuild(facts({ mode, pin, state: pinnedState, resolved: undefined }))).toThrowError(
        `Pinned tag ${image}:v1.0.0: expected digest ${A}, as pinned; got: the registry has no such tag`,
      );
    }
    const moved = () => decideBuild(facts({ pin, state: pinnedState, resolved: B }));
    expect(moved).toThrowError(
      `Pinned tag ${image}:v1.0.0: expected digest ${A}, as pinned; got: the tag is on digest ${B}`,
    );
    const remove = 'or remove the line of app (nx run app:unpin) to have it built and published afresh.';
    expect(moved).toThrowError(expect.objectContaining({ code: 'moved', hint: `Put the tag back on ${A}, ${remove}` }));
    expect(() => decideBuild(facts({ pin, state: pinnedState, resolved: undefined }))).toThrowError(
      expect.objectContaining({
        hint: `Put the tag back on ${A} (nx run app:publish-image --mode=pinned_only does; if the registry has that no more, it publishes what the sources are now), ${remove}`,
      }),
    );
  });

  it('a removed pin is a fresh build that is published whatever its content', () => {
    expect(decideBuild(facts({ state: pinnedState, fresh: 4 }))).toMatchObject({
      isFresh: true,
      publishesSame: true,
      standing: { version: '1111111' },
      reasons: [
        {
          kind: 'request',
          text: 'Its pin was removed by hand: it is built afresh and published whatever its content.',
        },
      ],
    });
  });

  it('a standing version that is gone or moved is a reason to publish', () => {
    expect(decideBuild(facts({ resolved: undefined }))).toMatchObject({
      standing: undefined,
      reasons: [{ kind: 'request', text: `The registry has no ${image}:1111111, which it stands at.` }],
    });
    expect(decideBuild(facts({ resolved: B }))).toMatchObject({
      standing: undefined,
      reasons: [{ text: `${image}:1111111, which it stands at, is now on digest ${B} and not on ${A}.` }],
    });
  });

  it('mode all publishes also what stays the same, and what is pinned', () => {
    for (const some of [{}, { pin, state: pinnedState }]) {
      expect(decideBuild(facts({ mode: 'all', ...some }))).toMatchObject({
        publishesSame: true,
        tag: '2222222',
        isFresh: false,
        reasons: [{ kind: 'request', text: 'Mode all publishes every image.' }],
      });
    }
  });

  describe('mode pinned_only', () => {
    const mode = 'pinned_only';

    it('publishes the pinned version that the registry lacks', () => {
      expect(tagToResolve({ mode, pin, state })).toBe('v1.0.0');
      expect(decideBuild(facts({ mode, pin, state: pinnedState, resolved: undefined }))).toMatchObject({
        action: 'build',
        tag: 'v1.0.0',
        isFresh: false,
        publishesSame: true,
        standing: undefined,
        reasons: [{ kind: 'request', text: `The registry has no ${image}:v1.0.0, and mode pinned_only publishes it.` }],
      });
      expect(digestToResolve({ mode: 'only_changed', pin, state: pinnedState, resolved: undefined })).toBeUndefined();
    });

    it('puts the tag back on what was pinned, if the registry has that', () => {
      expect(digestToResolve({ mode, pin, state: pinnedState, resolved: undefined })).toBe(A);
      expect(digestToResolve({ mode, pin, state: pinnedState, resolved: A })).toBeUndefined();
      expect(digestToResolve({ mode, pin, state, resolved: undefined })).toBeUndefined();
      expect(decideBuild(facts({ mode, pin, state: pinnedState, resolved: undefined, stored: A }))).toMatchObject({
        action: 'retag',
        tag: 'v1.0.0',
        digest: A,
        reasons: [{ text: `The registry has no ${image}:v1.0.0, and mode pinned_only publishes it.` }],
      });
    });

    it('leaves a version that exists, and an image that is not pinned', () => {
      expect(decideBuild(facts({ mode, pin, state: pinnedState }))).toEqual({
        action: 'skip',
        outcome: 'exists',
        tag: 'v1.0.0',
        digest: A,
        reasons: [{ kind: 'request', text: `${image}:v1.0.0 exists.` }],
      });
      expect(tagToResolve({ mode, pin: undefined, state })).toBeUndefined();
      expect(decideBuild(facts({ mode, resolved: undefined }))).toEqual({
        action: 'skip',
        outcome: 'kept',
        tag: undefined,
        digest: undefined,
        reasons: [{ kind: 'request', text: 'It is not pinned, and mode pinned_only publishes pinned versions.' }],
      });
    });

    it('does not pass over a pinned version that moved', () => {
      expect(() => decideBuild(facts({ mode, pin, state: pinnedState, resolved: B }))).toThrowError(
        /^Pinned tag ghcr\.io\/acme\/app:v1\.0\.0: expected digest sha256:a+, as pinned/,
      );
    });
  });
});

describe('after the build', () => {
  const plan = (some: Partial<BuildPlan> = {}): BuildPlan => ({
    action: 'build',
    isFresh: false,
    standing: { version: 'v1.0.0', digest: A },
    publishesSame: false,
    tag: '2222222',
    reasons: [],
    ...some,
  });
  const built = (some: Partial<BuiltFacts>): BuiltFacts => ({
    project: 'app',
    image,
    plan: plan(),
    comparison: comparison({}),
    existing: undefined,
    isDirty: false,
    ...some,
  });
  const changed = comparison({
    verdict: 'changed',
    categories: ['os-packages', 'configuration'],
    changes: [
      {
        category: 'os-packages',
        kind: 'package',
        action: 'modified',
        subject: 'openssl',
        detail: '3.0.15-1 -> 3.0.16-1',
      },
      ...['b', 'c', 'd', 'e'].map((subject) => ({
        category: 'os-packages' as const,
        kind: 'package' as const,
        action: 'added' as const,
        subject,
        detail: '',
      })),
      { category: 'configuration', kind: 'config', action: 'modified', subject: 'ENV FOO', detail: '1 -> 2' },
    ],
  });

  it('the same content is kept, and says what settled it and what was noise', () => {
    const noise = [
      { rule: 'file-times', reason: '', count: 13, examples: [] },
      { rule: 'apt-logs', reason: '', count: 1, examples: [] },
    ];
    const decision = decideBuilt(built({ comparison: comparison({ noise }) }));
    expect(decision).toEqual({
      action: 'keep',
      tag: 'v1.0.0',
      digest: A,
      reasons: [
        {
          kind: 'content',
          text: `The same in content as ${image}:v1.0.0 (settled by content); 14 differences are build noise (file-times, apt-logs).`,
        },
      ],
    });
    expect(outcomeOf(decision, 'only_changed')).toBe('kept');
  });

  it('other content is published, with a reason for each category', () => {
    const decision = decideBuilt(built({ comparison: changed }));
    expect(decision).toEqual({
      action: 'publish',
      tag: '2222222',
      retag: undefined,
      reasons: [
        {
          kind: 'content',
          category: 'os-packages',
          text: 'OS packages changed (openssl: 3.0.15-1 -> 3.0.16-1; b; c; and 2 more).',
        },
        { kind: 'content', category: 'configuration', text: 'Configuration changed (ENV FOO: 1 -> 2).' },
      ],
    });
    expect(outcomeOf(decision, 'only_changed')).toBe('published');
    expect(outcomeOf(decision, 'all')).toBe('published');
  });

  it('a change that only fingerprints show is published with a reason too', () => {
    const decision = decideBuilt(built({ comparison: comparison({ verdict: 'changed', decidedBy: 'fingerprint' }) }));
    expect(decision.reasons).toEqual([{ kind: 'content', text: 'Its content changed (settled by fingerprint).' }]);
  });

  it('without a standing version it is published, for the reason that the plan gives', () => {
    const reasons = [{ kind: 'request', text: 'It was never published.' }] as const;
    expect(decideBuilt(built({ plan: plan({ standing: undefined, reasons }), comparison: undefined }))).toEqual({
      action: 'publish',
      tag: '2222222',
      retag: undefined,
      reasons,
    });
  });

  it('a comparison that is missing is never taken for the same', () => {
    expect(decideBuilt(built({ comparison: undefined }))).toMatchObject({ action: 'publish' });
  });

  it('a fresh build of the same content is pushed, and mode all puts the standing manifest under the new tag', () => {
    expect(decideBuilt(built({ plan: plan({ isFresh: true, publishesSame: true }) }))).toMatchObject({
      action: 'publish',
      retag: undefined,
    });
    expect(decideBuilt(built({ plan: plan({ publishesSame: true }) }))).toMatchObject({
      action: 'publish',
      tag: '2222222',
      retag: A,
    });
    expect(decideBuilt(built({ plan: plan({ publishesSame: true }), comparison: changed }))).toMatchObject({
      retag: undefined,
    });
  });

  it('a tag that has this content is success: a killed run pushed it', () => {
    const decision = decideBuilt(built({ comparison: changed, existing: { digest: B, isSame: true } }));
    expect(decision).toMatchObject({ action: 'exists', tag: '2222222', digest: B });
    expect(decision.reasons.at(-1)?.text).toBe(
      `${image}:2222222 is in the registry with this content; it was not pushed again.`,
    );
    expect(outcomeOf(decision, 'only_changed')).toBe('published');
    expect(outcomeOf(decision, 'all')).toBe('exists');
  });

  it('a tag that has other content is never overwritten', () => {
    const facts = built({ comparison: changed, existing: { digest: B, isSame: false } });
    expect(() => decideBuilt(facts)).toThrowError(
      `Publish ${image}:2222222: expected a free tag, or one with the content that was built; the tag is on digest ${B}, with other content`,
    );
    try {
      decideBuilt({ ...facts, isDirty: true });
    } catch (error) {
      expect(error).toMatchObject({ code: 'conflict', hint: expect.stringMatching(/not committed.*--tag/) });
    }
  });

  it('a tag that has other content does not matter to an image that is kept', () => {
    expect(decideBuilt(built({ existing: { digest: B, isSame: false } }))).toMatchObject({ action: 'keep' });
  });
});
