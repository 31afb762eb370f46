import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { parseManifest } from '../model/manifest.js';
import { printManifest } from '../model/print-manifest.js';
import type { Repository } from '../model/repository.js';
import { createRegistryClient, type RegistryClient } from '../registry/client.js';
import { buildImage, type ImageLiteral, pushImage } from '../testing/image-builder.js';
import { memoryImage } from '../testing/memory-image.js';
import { registryFixture } from '../testing/registry-fixture.js';
import { startTestRegistry, type TestRegistry } from '../testing/test-registry.js';
import { type PublishOptions, publishImage } from './publish.js';
import { openRepositoryImages } from './repository-images.js';
import { retag } from './retag.js';

const file = (path: string, content = path) => [{ path, content }];
const literal: ImageLiteral = { layers: [file('base'), file('app')], config: { Cmd: ['app'] } };

let registry: TestRegistry;
let client: RegistryClient;
let repository: Repository;
beforeEach(async () => {
  registry = await startTestRegistry();
  client = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
  repository = client.repository(`${registry.host}/app`);
});
afterEach(async () => {
  await client.close();
  await registry.close();
});

const manifestAt = async (reference: string) => parseManifest((await repository.fetchManifest(reference)).bytes);
const pushedBlobs = () => registry.requests.filter(({ method, url }) => method === 'PUT' && url.includes('/blobs/'));
async function* bytesOf(bytes: Uint8Array) {
  yield bytes;
}

describe('publishing an image', () => {
  test('gives an OCI manifest with the same config and content, under all tags', async () => {
    const image = memoryImage(literal);
    const { digest } = await publishImage(image, repository, {
      tag: '3f2a9c1',
      additionalTags: ['latest'],
      annotations: { note: 'kept' },
    });
    for (const tag of ['3f2a9c1', 'latest']) expect((await repository.resolve(tag))?.digest).toBe(digest);
    const set = await openRepositoryImages(repository, digest);
    const published = await set.open({ os: 'linux', architecture: 'amd64' });
    expect(published).toMatchObject({ configDigest: image.configDigest, annotations: { note: 'kept' } });
    const read = await published.readLayers(new Set(published.config.diffIds), async (tar) => {
      for await (const _ of tar);
      return true;
    });
    expect([...read.values()]).toEqual([true, true]);
  });

  test('is the same manifest each time', async () => {
    const first = await publishImage(memoryImage(literal), repository, { annotations: { a: '1', b: '2' } });
    const other = client.repository(`${registry.host}/other`);
    expect(await publishImage(memoryImage(literal), other, { annotations: { b: '2', a: '1' } })).toEqual(first);
  });

  test('reads and sends no layer that is known', async () => {
    const before = buildImage({ layers: [file('base')] });
    await pushImage(repository, before);
    const image = memoryImage(literal);
    const known = new Map(before.layers.map(({ diffId, descriptor }) => [diffId, { descriptor }]));
    const steps: string[] = [];
    const sent = pushedBlobs().length;
    await publishImage(image, repository, { knownLayers: known, onProgress: ({ step }) => steps.push(step) });
    expect(image.layersRead).toEqual([image.config.diffIds[1]]);
    expect(steps).toEqual(['reused', 'compressed', 'pushed']);
    expect(pushedBlobs().length - sent).toBe(2);
  });

  test('mounts a layer that another repository of the registry has', async () => {
    const base = client.repository(`${registry.host}/base`);
    const before = buildImage({ layers: [file('base')], format: 'docker' });
    await pushImage(base, before);
    const known = new Map(before.layers.map(({ diffId, descriptor }) => [diffId, { descriptor, from: base.name }]));
    const image = memoryImage(literal);
    const steps: string[] = [];
    const { digest } = await publishImage(image, repository, {
      knownLayers: known,
      onProgress: ({ step }) => steps.push(step),
    });
    expect(steps).toEqual(['mounted', 'compressed', 'pushed']);
    expect((await manifestAt(digest)).layers[0]).toEqual({
      ...before.layers[0]?.descriptor,
      mediaType: MEDIA_TYPES.ociLayerGzip,
    });
  });

  test('reads a layer that was known and is gone', async () => {
    const descriptor = { mediaType: MEDIA_TYPES.ociLayerGzip, digest: `sha256:${'0'.repeat(64)}` as Digest, size: 9 };
    const image = memoryImage(literal);
    const known = new Map(image.config.diffIds.map((diffId) => [diffId, { descriptor, from: 'nowhere/at-all' }]));
    await publishImage(image, repository, { tag: 'v1', knownLayers: known });
    expect(image.layersRead).toEqual(image.config.diffIds);
  });

  test('copies the layers of an image in a repository as they are', async () => {
    const source = client.repository(`${registry.host}/source`);
    const built = buildImage({ ...literal, layers: [{ files: file('base'), compression: 'none' }, file('app')] });
    await pushImage(source, built, 'v1');
    const image = await (await openRepositoryImages(source, 'v1')).open(built.platform);
    const { digest } = await publishImage(image, repository, { source });
    expect((await manifestAt(digest)).layers).toEqual(built.layers.map(({ descriptor }) => descriptor));
  });

  test('copies what layers say of themselves: a lazy pull of eStargz or zstd:chunked needs it', async () => {
    const source = client.repository(`${registry.host}/source`);
    const built = buildImage(literal);
    const layers = built.layers.map(({ descriptor }, at) => ({ ...descriptor, annotations: { toc: String(at) } }));
    await pushImage(source, built);
    const manifest = printManifest(MEDIA_TYPES.ociManifest, { config: built.config.descriptor, layers });
    await source.pushManifest(manifest, 'v1');
    const image = await (await openRepositoryImages(source, 'v1')).open(built.platform);
    const { digest } = await publishImage(image, repository, { source });
    expect((await manifestAt(digest)).layers).toEqual(layers);
  });

  test('a layer that is in the image twice is sent once', async () => {
    const image = memoryImage({ layers: [file('a'), file('b'), file('a')] });
    const { digest } = await publishImage(image, repository);
    const digests = (await manifestAt(digest)).layers.map((layer) => layer.digest);
    expect(digests[0]).toBe(digests[2]);
    expect(pushedBlobs()).toHaveLength(3);
  });

  test('a source that gives layers which were not asked for does no harm', async () => {
    const image = memoryImage(literal);
    const [base, app] = image.config.diffIds as [Digest, Digest];
    const before = buildImage({ layers: [file('base')] });
    await pushImage(repository, before);
    const giving = {
      ...image,
      readLayers: async (_: ReadonlySet<Digest>, read: Parameters<typeof image.readLayers>[1]) => {
        await read(bytesOf(image.built.layers[0]?.tar ?? Buffer.alloc(0)));
        return new Map([[app, await read(bytesOf(image.built.layers[1]?.tar ?? Buffer.alloc(0)))]]);
      },
    } as typeof image;
    const known = new Map(before.layers.map(({ descriptor }) => [base, { descriptor }]));
    const steps: string[] = [];
    await publishImage(giving, repository, { knownLayers: known, onProgress: ({ step }) => steps.push(step) });
    expect(steps).toEqual(['reused', 'compressed', 'pushed']);
  });

  test('a tag with other content stays, and the error names both digests', async () => {
    const first = await publishImage(memoryImage(literal), repository, { tag: 'v1' });
    const other = memoryImage({ ...literal, config: { Cmd: ['other'] } });
    await expect(publishImage(other, repository, { tag: 'v1', additionalTags: ['latest'] })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(first.digest),
      facts: { actual: first.digest },
    });
    expect((await repository.resolve('v1'))?.digest).toBe(first.digest);
    expect(await repository.resolve('latest')).toBeUndefined();
  });

  test('publishing the same again is no conflict, and sends nothing', async () => {
    await publishImage(memoryImage(literal), repository, { tag: 'v1' });
    const puts = () => registry.requests.filter(({ method }) => method === 'PUT').length;
    const before = puts();
    await publishImage(memoryImage(literal), repository, { tag: 'v1' });
    expect(puts()).toBe(before);
  });

  test('makes a repository that only who may push to it can see is not there yet', async () => {
    const { repository } = await registryFixture({ auth: 'bearer', hidesMissing: true }, { login: true });
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'forbidden' });
    const { digest } = await publishImage(memoryImage(literal), repository, { tag: 'v1', additionalTags: ['latest'] });
    expect((await repository.resolve('latest'))?.digest).toBe(digest);
  });

  test.each<[string, PublishOptions, (registry: TestRegistry, stop: AbortController) => void, string]>([
    [
      'is refused',
      {},
      ({ faults }) => faults.push({ method: 'PUT', path: '/blobs/', status: 403, times: 99 }),
      'forbidden',
    ],
    ['is stopped', {}, (_, stop) => stop.abort(), 'aborted'],
  ])('where a layer %s there is no tag, and no file is left', async (_, options, arrange, code) => {
    const stop = new AbortController();
    arrange(registry, stop);
    // Of its own: others publish on this machine, too.
    const folder = await mkdtemp(join(tmpdir(), 'publish-test-'));
    vi.stubEnv('TMPDIR', folder);
    const publishing = publishImage(memoryImage(literal), repository, { ...options, tag: 'v1', signal: stop.signal });
    await expect(publishing).rejects.toMatchObject({ code });
    expect(registry.manifests.get('app')).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });
});

describe('a further tag', () => {
  test('keeps the digest, whatever the bytes look like', async () => {
    const odd = buildImage(literal).manifest;
    const bytes = Buffer.from(`${Buffer.from(odd.bytes).toString()}\n\n`);
    const built = buildImage(literal);
    await pushImage(repository, built);
    const { createHash } = await import('node:crypto');
    const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    await repository.pushManifest({ descriptor: { ...odd.descriptor, digest, size: bytes.length }, bytes }, 'a');
    expect(await retag(repository, digest, 'release-1.2.3')).toBe('created');
    expect((await repository.resolve('release-1.2.3'))?.digest).toBe(digest);
  });

  test('put again costs one request and changes nothing', async () => {
    const { digest } = await publishImage(memoryImage(literal), repository, { tag: 'v1' });
    const before = registry.requests.length;
    expect(await retag(repository, digest, 'v1')).toBe('unchanged');
    expect(registry.requests.slice(before).map(({ method }) => method)).toEqual(['HEAD']);
  });

  test('is moved only when forced', async () => {
    await publishImage(memoryImage(literal), repository, { tag: 'latest' });
    const other = await publishImage(memoryImage({ layers: [file('other')] }), repository);
    await expect(retag(repository, other.digest, 'latest')).rejects.toMatchObject({ code: 'conflict' });
    expect(await retag(repository, other.digest, 'latest', { force: true })).toBe('moved');
  });

  const immutable = (status: number) => ({
    ...{ method: 'PUT', path: '/manifests/', status, times: 9 },
    body: JSON.stringify({ errors: [{ code: 'TAG_INVALID', message: 'the tag is immutable' }] }),
  });

  test.each([400, 403, 409, 412])(
    'that the registry keeps where it is (%i) is a conflict that says so',
    async (status) => {
      const before = await publishImage(memoryImage(literal), repository, { tag: 'latest' });
      const other = await publishImage(memoryImage({ layers: [file('other')] }), repository);
      registry.faults.push(immutable(status));
      await expect(retag(repository, other.digest, 'latest', { force: true })).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringMatching(
          new RegExp(`:latest stays at ${before.digest}.*not let it be moved to ${other.digest}.*the tag is immutable`),
        ),
        hint: expect.stringContaining('latest'),
        facts: { expected: other.digest, actual: before.digest },
      });
    },
  );

  test('that is refused while it is free is the error of the registry', async () => {
    const { digest } = await publishImage(memoryImage(literal), repository);
    registry.faults.push(immutable(403));
    await expect(retag(repository, digest, 'v1')).rejects.toMatchObject({ code: 'forbidden' });
  });

  test('that another run put meanwhile, and the registry keeps, is there if it is on the same content', async () => {
    const { digest } = await publishImage(memoryImage(literal), repository);
    const other = await publishImage(memoryImage({ layers: [file('other')] }), repository);
    const slower = (theirs: Digest): Repository => ({
      ...repository,
      pushManifest: async (manifest, tag) => {
        await repository.pushManifest(await repository.fetchManifest(theirs), tag);
        registry.faults.push({ ...immutable(400), times: 1 });
        await repository.pushManifest(manifest, tag);
      },
    });
    expect(await retag(slower(digest), digest, 'v1')).toBe('created');
    await expect(retag(slower(other.digest), digest, 'v2')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('exists with other content'),
    });
  });

  test('on a digest that is not there is an error', async () => {
    await expect(retag(repository, `sha256:${'0'.repeat(64)}`, 'v1')).rejects.toMatchObject({ code: 'not-found' });
  });
});
