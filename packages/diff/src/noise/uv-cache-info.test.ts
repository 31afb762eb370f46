import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const NOTED = {
  timestamp: { secs_since_epoch: 1795404902, nanos_since_epoch: 271937154 },
  commit: null,
  tags: null,
  env: {},
  directories: { src: { secs_since_epoch: 1795404902, nanos_since_epoch: 0 } },
};
const isSame = (a: object, b: object) =>
  isSameButNoise('venv/x-1.0.dist-info/uv_cache.json', JSON.stringify(a), JSON.stringify(b));

describe('uv-cache-info', () => {
  it('hides the times of the source', () => {
    const later = { secs_since_epoch: 1795405109, nanos_since_epoch: 588572756 };
    expect(isSame(NOTED, { ...NOTED, timestamp: later, directories: { src: later } })).toBe(true);
    expect(isSame(NOTED, { ...NOTED, directories: { src: null } })).toBe(true);
  });

  it.each<[string, object]>([
    ['a commit', { commit: '8efb28b' }],
    ['tags', { tags: ['v1'] }],
    ['a variable', { env: { FEATURES: 'a' } }],
    ['another folder', { directories: { lib: null } }],
    ['what it does not know', { files: ['x'] }],
  ])('keeps %s', (_, other) => {
    expect(isSame(NOTED, { ...NOTED, ...other })).toBe(false);
  });

  it('says nothing of other files, and of text that is no JSON', () => {
    expect(isSameButNoise('app/uv_cache.json', '{"timestamp":1}', '{"timestamp":2}')).toBe(false);
    expect(isSameButNoise('venv/x-1.0.dist-info/uv_cache.json', 'a', 'b')).toBe(false);
  });
});
