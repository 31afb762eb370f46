import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Descriptor } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import type { Image } from '../model/image.js';
import { parseIndex } from '../model/manifest.js';
import { formatPlatform } from '../model/platform.js';
import { printManifest } from '../model/print-manifest.js';
import type { Repository } from '../model/repository.js';
import { createRegistryClient, type RegistryClient } from '../registry/client.js';
import { type BuiltImage, blob, buildImage, buildIndex, pushImage } from '../testing/image-builder.js';
import { writeTar } from '../testing/tar-writer.js';
import { startTestRegistry, type TestRegistry } from '../testing/test-registry.js';
import { openArchive } from './archive.js';
import { publishIndex } from './publish-index.js';
import { openRepositoryImages } from './repository-images.js';

const imageFor = (architecture: string): BuiltImage =>
  buildImage({
    layers: [[{ path: 'shared', content: 'shared' }], [{ path: 'app', content: architecture }]],
    platform: { os: 'linux', architecture },
  });
const images = [imageFor('amd64'), imageFor('arm64')];
const platformOf = async (image: Image) => ({ for: formatPlatform(image.config.platform) });

let registry: TestRegistry;
let client: RegistryClient;
let source: Repository;
let target: Repository;
beforeEach(async () => {
  registry = await startTestRegistry();
  client = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
  source = client.repository(`${registry.host}/source`);
  target = client.repository(`${registry.host}/app`);
  for (const image of images) await pushImage(source, image);
});
afterEach(async () => {
  await client.close();
  await registry.close();
});

const indexAt = async (repository: Repository, reference: string) =>
  parseIndex((await repository.fetchManifest(reference)).bytes);

describe('publishing an index', () => {
  test('has all platforms under all tags, each with annotations of its own and its layers as they were', async () => {
    await source.pushManifest(buildIndex(images, { annotations: { note: 'kept' } }), 'v1');
    const { digest } = await publishIndex(await openRepositoryImages(source, 'v1'), target, {
      tag: '3f2a9c1',
      additionalTags: ['latest'],
      annotations: platformOf,
      source,
    });
    for (const tag of ['3f2a9c1', 'latest']) expect((await target.resolve(tag))?.digest).toBe(digest);
    const published = await openRepositoryImages(target, digest);
    expect(published).toMatchObject({ isIndex: true, annotations: { note: 'kept' } });
    expect((await published.readPlatforms()).map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm64']);
    for (const [at, built] of images.entries()) {
      const image = await published.open(built.platform);
      expect(image.configDigest).toBe(built.config.descriptor.digest);
      expect(image.layers).toEqual(built.layers.map(({ descriptor }) => descriptor));
      expect(image.annotations).toEqual({ for: `linux/${at === 0 ? 'amd64' : 'arm64'}` });
    }
  });

  test('is the same index each time', async () => {
    await source.pushManifest(buildIndex(images), 'v1');
    const publish = async () =>
      publishIndex(await openRepositoryImages(source, 'v1'), target, { annotations: platformOf, source });
    expect(await publish()).toEqual(await publish());
  });

  test('works from images without a store, whose layers are compressed anew', async () => {
    await source.pushManifest(buildIndex(images), 'v1');
    const { digest } = await publishIndex(await openRepositoryImages(source, 'v1'), target);
    expect((await (await openRepositoryImages(target, digest)).readPlatforms()).map(formatPlatform)).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
  });

  test('a tag with other content is a conflict, and stays', async () => {
    await pushImage(target, imageFor('s390x'), 'v1');
    await source.pushManifest(buildIndex(images), 'v1');
    const publishing = publishIndex(await openRepositoryImages(source, 'v1'), target, { tag: 'v1' });
    await expect(publishing).rejects.toMatchObject({ code: 'conflict' });
    expect((await target.resolve('v1'))?.mediaType).toBe(MEDIA_TYPES.ociManifest);
  });

  test('attestations go along with the manifests that they name, and annotations are on the lines of the index', async () => {
    const [statement, config] = [
      blob('application/vnd.in-toto+json', '{"_type":"x"}'),
      blob(MEDIA_TYPES.ociConfig, '{}'),
    ];
    const manifest = printManifest(MEDIA_TYPES.ociManifest, {
      config: config.descriptor,
      layers: [statement.descriptor],
    });
    const entry: Descriptor = {
      ...manifest.descriptor,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': images[0]?.manifest.descriptor.digest ?? '',
      },
    };
    const index = buildIndex(images, { others: [entry] });
    const entries = [
      ...[...images.flatMap(({ layers, config, manifest }) => [...layers, config, manifest])],
      ...[statement, config, manifest, index],
    ].map(({ descriptor, bytes }) => ({ path: `blobs/${descriptor.digest.replace(':', '/')}`, content: bytes }));
    const folder = await mkdtemp(join(tmpdir(), 'publish-index-'));
    try {
      const manifests = [index.descriptor];
      const layout = [
        ...new Map(entries.map((file) => [file.path, file])).values(),
        { path: 'index.json', content: JSON.stringify({ schemaVersion: 2, manifests }) },
        { path: 'oci-layout', content: '{"imageLayoutVersion":"1.0.0"}' },
      ];
      await writeFile(join(folder, 'image.tar'), writeTar(layout));
      const archive = await openArchive(join(folder, 'image.tar'));
      const { source } = archive;
      await publishIndex(archive, target, { tag: 'v1', annotations: platformOf, ...(source && { source }) });
      await archive.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    const { manifests } = await indexAt(target, 'v1');
    expect(manifests[0]?.digest).toBe(images[0]?.manifest.descriptor.digest);
    expect(manifests[0]?.annotations).toEqual({ for: 'linux/amd64' });
    expect(manifests[1]?.digest).not.toBe(images[1]?.manifest.descriptor.digest);
    expect(manifests[2]).toEqual(entry);
    expect(await target.hasBlob(statement.descriptor)).toBe(true);
    const published = await openRepositoryImages(target, 'v1');
    const opened = await Promise.all((await published.readPlatforms()).map((platform) => published.open(platform)));
    expect(opened.map(({ annotations }) => annotations)).toEqual([{ for: 'linux/amd64' }, { for: 'linux/arm64' }]);
  });
});
