import { describe, expect, it } from 'vitest';
import type { ImageState } from '../store/state.js';
import { parseVersionsFile } from '../store/versions-file.js';
import { recordedFresh, versionsRequest } from './fresh.js';

const digest = `sha256:${'a'.repeat(64)}`;
const unpinned: ImageState = { project: 'app', prefix: 'app', image: 'r.io/app', version: '1111111', digest, fresh: 2 };
const pinned: ImageState = { ...unpinned, pin: { version: 'v1.0.0', digest } };
const of = (state: ImageState | undefined, text: string) => versionsRequest(state, parseVersionsFile(text), 'app');

describe('what the version files ask of an image', () => {
  it('counts one fresh build more where a person removed the pin', () => {
    expect(of(pinned, '')).toEqual({ held: false, fresh: 3 });
    expect(of(pinned, '# app_VER="v1.0.0"\n')).toEqual({ held: false, fresh: 3 });
  });

  it('stays where the pin stays, moves, or was never there', () => {
    expect(of(pinned, 'app_VER="v1.0.0"\n')).toEqual({ held: false, fresh: 2 });
    expect(of(pinned, 'app_VER="v2.0.0"\n')).toEqual({ held: false, fresh: 2 });
    expect(of(unpinned, '')).toEqual({ held: false, fresh: 2 });
    expect(of(unpinned, 'app_VER="v1.0.0"\n')).toEqual({ held: false, fresh: 2 });
    expect(of(undefined, '')).toEqual({ held: false, fresh: 0 });
  });

  it('says that an image is held, and then asks for no fresh build', () => {
    expect(of(pinned, 'export app_VER="v1.0.0"\n')).toEqual({ held: true, fresh: 2 });
    expect(of(undefined, 'export app_VER="v1.0.0"\n')).toEqual({ held: true, fresh: 0 });
  });

  it('is the same whatever version the image is pinned at', () => {
    expect(of(pinned, 'app_VER="v1.0.0"\n')).toEqual(of({ ...unpinned, version: '7777777' }, ''));
  });
});

describe('the fresh builds that a record counts', () => {
  it.each([
    [{ outcome: 'published', mode: 'only_changed', skipsCache: true }, 3],
    [{ outcome: 'kept', mode: 'only_changed', skipsCache: true }, 2],
    [{ outcome: 'published', mode: 'all', skipsCache: true }, 2],
    [{ outcome: 'published', mode: 'only_changed', skipsCache: false }, 2],
  ] as const)('of %j after two are %i', (facts, count) => {
    expect(recordedFresh(2, facts)).toBe(count);
  });
});
