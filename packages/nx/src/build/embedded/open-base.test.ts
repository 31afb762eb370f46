import { join } from 'node:path';
import { createRegistryClient, openOciLayout } from '@image-versions/oci';
import { buildImage, buildIndex, pushImage, startTestRegistry } from '@image-versions/oci/testing';
import { expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from './context.testing.js';
import { workspaceBases } from './open-base.js';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };
const one = buildImage({ layers: [[{ path: 'a', content: '1' }]] });
const two = buildImage({ layers: [[{ path: 'a', content: '2' }]] });

it('opens a layout of the workspace by its folder and tag', async () => {
  const root = await temporaryFolder();
  const layout = openOciLayout(join(root, '.image-registry/base'));
  await pushImage(layout, one, 'v1');
  await pushImage(layout, two, 'latest');
  const open = workspaceBases(root, new Map(), undefined);
  expect((await open('oci:.image-registry/base:v1', amd64)).image.configDigest).toBe(one.config.descriptor.digest);
  expect((await open('oci:.image-registry/base', amd64)).image.configDigest).toBe(two.config.descriptor.digest);
});

it('opens what the run has found under a name of a registry, even if the tag moved since', async () => {
  const registry = await startTestRegistry();
  const client = createRegistryClient();
  onTestFinished(async () => {
    await client.close();
    await registry.close();
  });
  const repository = client.repository(`${registry.host}/base`);
  await pushImage(repository, one, 'v1');
  await pushImage(repository, two, 'v1');
  const name = `${registry.host}/base:v1`;
  const found = new Map([[name, one.manifest.descriptor.digest]]);
  const opened = await workspaceBases('/', found, undefined)(name, amd64);
  expect(opened.image.configDigest).toBe(one.config.descriptor.digest);
  const unknown = await workspaceBases('/', new Map([[name, 'unknown']]), undefined)(name, amd64);
  expect(unknown.image.configDigest).toBe(two.config.descriptor.digest);
});

it('takes the platform that is asked for, or the only one', async () => {
  const root = await temporaryFolder();
  const layout = openOciLayout(join(root, 'base'));
  const arm = buildImage({ layers: [], platform: arm64 });
  const index = buildIndex([one, arm]);
  await pushImage(layout, one);
  await pushImage(layout, arm, 'arm');
  await layout.pushManifest(index, 'both');
  const open = workspaceBases(root, new Map(), undefined);
  expect((await open('oci:base:both', arm64)).image.config.platform).toEqual(arm64);
  expect((await open('oci:base:arm', amd64)).image.config.platform).toEqual(arm64);
  await expect(open('oci:base:both', { os: 'linux', architecture: 's390x' })).rejects.toThrow(
    'expected linux/s390x, it has linux/amd64, linux/arm64',
  );
});

it('says that only an engine can build on what an engine alone has', async () => {
  await expect(workspaceBases('/', new Map(), undefined)('daemon://x', amd64)).rejects.toMatchObject({
    code: 'unsupported',
    hint: expect.stringContaining('builder to docker'),
  });
});
