import { createRegistryClient, publishImage } from '@image-versions/oci';
import { memoryImage, startTestRegistry, type TestRegistry } from '@image-versions/oci/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { normalizeContainer } from '../../options/container-options.js';
import type { ImageState } from '../../store/state.js';
import { parseVersionsFile } from '../../store/versions-file.js';
import { withVersions } from '../container.js';
import { pinImage } from './pin-image.js';

let registry: TestRegistry;
beforeEach(async () => {
  registry = await startTestRegistry();
});
afterEach(() => registry.close());

const open = () => createRegistryClient({ env: {} }).repository(`${registry.host}/acme/app`);

async function published(tag: string): Promise<string> {
  return (await publishImage(memoryImage({ layers: [[{ path: 'file', content: tag }]] }), open(), { tag })).digest;
}

/** `nx run app:pin --version=v9.0.0 --repin`, where the files say this. */
function repin(versionsText: string, state: Pick<ImageState, 'version' | 'digest' | 'pin'>) {
  const container = normalizeContainer('app', 'app', { registry: `${registry.host}/acme` });
  const image = { project: 'app', prefix: 'app', image: container.image, fresh: 0, ...state };
  const versioned = withVersions(container, { versions: parseVersionsFile(versionsText), images: [image] });
  return pinImage(versioned, { version: 'v9.0.0', repin: true, open: async () => open() });
}

it('moves a pin to a further version of the same digest, which is that of the commit', async () => {
  const digest = await published('1111111');
  await publishImage(memoryImage({ layers: [[{ path: 'file', content: '1111111' }]] }), open(), { tag: 'v1.0.0' });
  const state = { version: '1111111', digest, pin: { version: 'v1.0.0', digest } };
  expect(await repin('app_VER="v1.0.0"\n', state)).toMatchObject({ result: 'pinned', digest, standing: '1111111' });
  expect((await open().resolve('v9.0.0'))?.digest).toBe(digest);
});

it('of a pin that was edited by hand to an older version, it does not say that this is the last commit', async () => {
  const older = await published('v1.0.0');
  const digest = await published('2222222');
  const state = { version: '2222222', digest, pin: { version: 'v2.0.0', digest } };
  expect(await repin('app_VER="v1.0.0"\n', state)).toMatchObject({ digest: older, standing: 'v1.0.0' });
  expect((await open().resolve('v9.0.0'))?.digest).toBe(older);
});
