import { describe, expect, it } from 'vitest';
import { isSameButNoise } from '../testing/formed.js';

const PATH = 'rails/public/assets/.sprockets-manifest-5a5e6b3f857d5db6728eabdf0bfb4b9f.json';
const manifest = (mtime: string, digest = 'bf25') =>
  JSON.stringify({
    files: { [`application-${digest}.js`]: { logical_path: 'application.js', mtime, size: 10, digest } },
    assets: { 'application.js': `application-${digest}.js` },
  });
const [ONE, OTHER] = ['2026-11-23T03:41:21+00:00', '2026-11-23T03:47:33+00:00'] as const;

describe('sprockets-manifest', () => {
  it('hides the times of the sources', () => {
    expect(isSameButNoise(PATH, manifest(ONE), manifest(OTHER))).toBe(true);
  });

  it('keeps the assets, and says nothing of other files', () => {
    expect(isSameButNoise(PATH, manifest(ONE), manifest(ONE, 'd92e'))).toBe(false);
    expect(isSameButNoise('rails/public/assets/manifest.json', manifest(ONE), manifest(OTHER))).toBe(false);
  });
});
