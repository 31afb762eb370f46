import { describe, expect, it } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { printManifest } from '../model/print-manifest.js';
import { parseImageReference } from '../reference/image-reference.js';
import { blob, buildImage, buildIndex, type ImageLiteral, pushImage } from '../testing/image-builder.js';
import { registryFixture } from '../testing/registry-fixture.js';
import { openRegistryImages } from './registry.js';
import { openRepositoryImages } from './repository-images.js';

const literal: ImageLiteral = {
  layers: [
    [{ path: 'a', content: 'one' }],
    { files: [{ path: 'b', content: 'two' }], compression: 'none' },
    [{ path: 'c' }],
  ],
};
const image = buildImage(literal);
const [first, second, third] = image.layers.map((layer) => layer.diffId);
const size = async (tar: AsyncIterable<Uint8Array>) => (await readAll(tar, 1_000_000, 'layer')).byteLength;

async function pushed(pushes: ImageLiteral = literal) {
  const fixture = await registryFixture();
  const built = buildImage(pushes);
  await pushImage(fixture.repository, built, 'v1');
  fixture.registry.requests.length = 0;
  const open = async () => (await openRepositoryImages(fixture.repository, 'v1')).open(built.platform);
  return { ...fixture, built, open };
}

describe('an image of a repository', () => {
  it('is known by reading its manifest, and opened by reading its config once, and no layer', async () => {
    const { repository, built, registry } = await pushed();
    const images = await openRepositoryImages(repository, 'v1');
    expect(images.digest).toBe(built.manifest.descriptor.digest);
    expect(registry.log()).toEqual(['GET /v2/app/manifests/v1']);
    expect(await images.readPlatforms()).toEqual([built.platform]);
    await images.open(built.platform);
    await images.open(built.platform);
    expect(registry.log().slice(1)).toEqual([`GET /v2/app/blobs/${image.config.descriptor.digest}`]);
  });

  it('reads the layers that are wanted, unpacked, and no other', async () => {
    const { open, registry } = await pushed();
    const opened = await open();
    registry.requests.length = 0;
    let progress = 0;
    const onProgress = (bytes: number) => {
      progress += bytes;
    };
    const sizes = await opened.readLayers(new Set([first, second].filter((id) => id !== undefined)), size, {
      onProgress,
    });
    expect(sizes).toEqual(new Map([first, second].map((diffId, at) => [diffId, image.layers[at]?.tar.byteLength])));
    expect(registry.requests).toHaveLength(2);
    expect(progress).toBe(image.layers.slice(0, 2).reduce((sum, layer) => sum + layer.bytes.byteLength, 0));
  });

  it('reads two layers at once', async () => {
    const { open } = await pushed();
    const opened = await open();
    let [reading, most] = [0, 0];
    await opened.readLayers(new Set(opened.config.diffIds), async (tar) => {
      reading += 1;
      most = Math.max(most, reading);
      await size(tar);
      await new Promise((resolve) => setTimeout(resolve, 20));
      reading -= 1;
    });
    expect(most).toBe(2);
  });

  it('says which layer it does not have', async () => {
    const opened = await (await pushed()).open();
    await expect(opened.readLayers(new Set([sha256Digest('x')]), size)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('gives nothing out for a layer that is not what its config says', async () => {
    const { open } = await pushed({
      ...literal,
      configFields: { rootfs: { type: 'layers', diff_ids: [first, third, second] } },
    });
    const opened = await open();
    const [, wrong] = opened.config.diffIds;
    const stopsEarly = async (tar: AsyncIterable<Uint8Array>) => {
      for await (const _ of tar) return 'read half';
      return 'empty';
    };
    for (const read of [size, stopsEarly]) {
      const reading = opened.readLayers<unknown>(new Set(wrong === undefined ? [] : [wrong]), read);
      await expect(reading).rejects.toMatchObject({
        code: 'mismatch',
        message: expect.stringContaining('uncompressed'),
      });
    }
  });

  it('gives nothing out for a layer whose stored bytes are wrong, though its reader stopped early', async () => {
    const { open, registry, built } = await pushed();
    const opened = await open();
    const [layer] = built.layers;
    registry.faults.push({
      path: layer?.descriptor.digest ?? '',
      corrupt: (bytes) => Buffer.from(bytes).fill(7, 30, 31),
    });
    const reading = opened.readLayers(new Set(first === undefined ? [] : [first]), async () => 'nothing read');
    await expect(reading).rejects.toThrow();
  });

  it('throws what the reader throws, and stops the other layers', async () => {
    const opened = await (await pushed()).open();
    const reading = opened.readLayers(new Set(opened.config.diffIds), async () => {
      throw new Error('full disk');
    });
    await expect(reading).rejects.toThrow('full disk');
  });

  it.each([
    ['encrypted', 'application/vnd.oci.image.layer.v1.tar+gzip+encrypted', /encrypted/],
    ['of an unknown kind', 'application/vnd.example', /media type/],
  ])('says that a layer %s is unsupported', async (_, mediaType, message) => {
    const opened = await (await pushed({ layers: [{ files: [], mediaType }] })).open();
    const reading = opened.readLayers(new Set(opened.config.diffIds), size);
    await expect(reading).rejects.toMatchObject({ code: 'unsupported', message: expect.stringMatching(message) });
  });

  it('reads a foreign layer that the registry has, and fetches it from nowhere else', async () => {
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const { open, registry, built } = await pushed({ layers: [{ files: [], mediaType }] });
    const opened = await open();
    const wanted = new Set(opened.config.diffIds);
    expect((await opened.readLayers(wanted, size)).size).toBe(1);
    registry.blobs.get('app')?.delete(built.layers[0]?.descriptor.digest ?? '');
    await expect(opened.readLayers(wanted, size)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('refuses a config that names another number of layers', async () => {
    const { open } = await pushed({
      ...literal,
      configFields: { rootfs: { type: 'layers', diff_ids: [first] }, history: [] },
    });
    await expect(open()).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining('3 layers') });
  });

  it('refuses an artifact', async () => {
    const { repository } = await registryFixture();
    const config = blob('application/vnd.cncf.helm.config.v1+json', '{}');
    await repository.pushBlob(config.descriptor, () => oneChunk(config.bytes));
    const chart = printManifest('application/vnd.oci.image.manifest.v1+json', {
      config: config.descriptor,
      layers: [],
    });
    await repository.pushManifest(chart, 'chart');
    await expect(openRepositoryImages(repository, 'chart')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('an index of a repository', () => {
  it('leaves attestations out, and says which platforms there are', async () => {
    const { repository, registry, client } = await registryFixture();
    await pushImage(repository, image);
    const attestation = {
      ...blob('application/vnd.oci.image.manifest.v1+json', '{}').descriptor,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    await repository.pushManifest(buildIndex([image], { others: [attestation], annotations: { a: 'b' } }), 'v1');
    const images = await openRegistryImages(client, parseImageReference(`${registry.host}/app:v1`));
    expect(images).toMatchObject({
      name: `remote://${registry.host}/app:v1`,
      isIndex: true,
      annotations: { a: 'b' },
    });
    expect(await images.readPlatforms()).toEqual([{ os: 'linux', architecture: 'amd64' }]);
    await expect(images.open({ os: 'linux', architecture: 's390x' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no image for linux/s390x, only for: linux/amd64'),
    });
  });
});
