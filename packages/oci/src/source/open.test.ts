import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { oneChunk } from '../content/one-chunk.js';
import { createRegistryClient, type RegistryClient } from '../registry/client.js';
import { dockerArchiveEntries, ociArchiveEntries } from '../testing/archive-builder.js';
import { describeWithEngine } from '../testing/describe-with-engine.js';
import { buildImage, pushImage } from '../testing/image-builder.js';
import { writeTar } from '../testing/tar-writer.js';
import { startTestRegistry, type TestRegistry } from '../testing/test-registry.js';
import { openOciLayout } from './oci-layout.js';
import { type OpenImagesOptions, openImages } from './open.js';

const image = buildImage({ layers: [[{ path: 'a', content: 'a' }]] });
const other = buildImage({ layers: [[{ path: 'b', content: 'b' }]] });
const noEngine = { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } };

let folder: string;
let registry: TestRegistry;
let registryClient: RegistryClient;
let options: OpenImagesOptions;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-images-'));
  registry = await startTestRegistry();
  registryClient = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
  options = { registryClient, engineOptions: noEngine };
  await pushImage(registryClient.repository(`${registry.host}/ivtest-open`), image, 'v1');
});
afterAll(async () => {
  await registryClient.close();
  await registry.close();
  await rm(folder, { recursive: true });
});

async function configOf(source: string, more: OpenImagesOptions = {}) {
  const images = await openImages(source, { ...options, ...more });
  const opened = await images.open(image.platform);
  const configDigest = sha256Digest(await opened.readRawConfig());
  await opened.close();
  await images.close();
  return configDigest;
}
const expected = image.config.descriptor.digest;

describe('an image is opened from where its name says', () => {
  test('a registry, with and without a prefix', async () => {
    expect(await configOf(`remote://${registry.host}/ivtest-open:v1`)).toBe(expected);
    expect(await configOf(`${registry.host}/ivtest-open:v1`)).toBe(expected);
    expect(await configOf(`${registry.host}/ivtest-open@${image.manifest.descriptor.digest}`)).toBe(expected);
  });

  test('archives, by prefix, by path and on standard input', async () => {
    const docker = writeTar(dockerArchiveEntries([{ image, tags: ['app:1'] }]));
    await writeFile(join(folder, 'docker.tar'), docker);
    await writeFile(join(folder, 'oci'), writeTar(ociArchiveEntries([{ image, tags: ['app:1'] }])));
    expect(await configOf(`docker-archive:${folder}/docker.tar`)).toBe(expected);
    expect(await configOf(`${folder}/docker.tar`)).toBe(expected);
    expect(await configOf(`oci-archive:${folder}/oci`)).toBe(expected);
    expect(await configOf('-', { stdin: oneChunk(docker) })).toBe(expected);
  });

  test('a layout, by tag, by digest, as the latest and as the only one', async () => {
    const path = join(folder, 'layout');
    await pushImage(openOciLayout(path), image);
    expect(await configOf(`oci:${path}`)).toBe(expected);
    expect(await configOf(`oci:${path}@${image.manifest.descriptor.digest}`)).toBe(expected);
    await pushImage(openOciLayout(path), other, 'v2');
    await expect(configOf(`oci:${path}`)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('v2'),
    });
    await pushImage(openOciLayout(path), image, 'latest');
    expect(await configOf(`oci:${path}`)).toBe(expected);
    expect(await configOf(`oci:${path}:v2`)).toBe(other.config.descriptor.digest);
    await expect(configOf(`oci:${join(folder, 'none')}`)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a name that neither registry nor engine gives is an error with both answers', async () => {
    await expect(configOf(`${registry.host}/ivtest-none:v1`)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/remote:\/\/.*ivtest-none[\s\S]*daemon:\/\/.*nowhere\/docker\.sock/),
      facts: { remote: 'not-found', engine: 'unreachable' },
    });
  });

  test('a prefix is not guessed away', async () => {
    await expect(configOf(`remote://${registry.host}/ivtest-none:v1`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(configOf('daemon://ivtest-open:v1')).rejects.toMatchObject({ code: 'unreachable' });
  });
});

await describeWithEngine('with an engine', (engine) => {
  test('a bare name that the registry does not have is found in the engine', async () => {
    const pulled = `${registry.host}/ivtest-open:v1`;
    const local = `${registry.host}/ivtest-local:v1`;
    await engine.pull(pulled);
    await engine.tag(pulled, local);
    const { id } = (await engine.inspect(local)) ?? { id: '' };
    for (const name of [local, `daemon://${local}`, id]) {
      expect(await configOf(name, { engineOptions: {} })).toBe(expected);
    }
    await expect(configOf(`${registry.host}/ivtest-none:v1`, { engineOptions: {} })).rejects.toMatchObject({
      code: 'not-found',
    });
    for (const name of [pulled, local]) await engine.remove(name);
  });
});
