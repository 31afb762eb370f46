import { createRegistryClient, type ImageSet, openImages, printManifest, sha256Digest } from '@image-versions/oci';
import {
  type BuiltImage,
  buildImage,
  type LayerLiteral,
  memoryImage,
  pushImage,
  startTestRegistry,
  type TestRegistry,
} from '@image-versions/oci/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareImages, createPolicy } from '../compare-images.js';

const client = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
let registry: TestRegistry;
beforeAll(async () => {
  registry = await startTestRegistry();
});
afterAll(async () => {
  await client.close();
  await registry.close();
});

let repositories = 0;
const literal = (layer: Partial<Exclude<LayerLiteral, readonly unknown[]>> = {}, content = '1') => ({
  layers: [{ files: [{ path: 'app/main', content }], ...layer }],
});
const good = memoryImage(literal());

/** Pushes an image, lets `spoil` have what the registry holds of it, and compares it with a sound one. */
async function compareSpoiled(image: BuiltImage, spoil: (registry: TestRegistry, repository: string) => void) {
  const repository = `app${repositories++}`;
  await pushImage(client.repository(`${registry.host}/${repository}`), image, 'latest');
  spoil(registry, repository);
  const images: ImageSet = await openImages(`remote://${registry.host}/${repository}:latest`, {
    registryClient: client,
  });
  try {
    return await compareImages(good, images, createPolicy());
  } finally {
    await images.close();
  }
}

/** Stores the manifest with some fields changed, under its tag. */
const withManifest = (image: BuiltImage, change: (fields: Record<string, unknown>) => void, mediaType?: string) => {
  const fields = JSON.parse(Buffer.from(image.manifest.bytes).toString()) as Record<string, unknown>;
  change(fields);
  const type = mediaType ?? image.manifest.descriptor.mediaType;
  const { bytes } = printManifest(type, fields);
  return (registry: TestRegistry, repository: string) => {
    const manifests = registry.manifests.get(repository);
    const stored = manifests?.get('latest');
    if (stored) manifests?.set('latest', { ...stored, bytes, mediaType: type });
  };
};

const blobsOf = (registry: TestRegistry, repository: string) =>
  registry.blobs.get(repository) ?? new Map<string, Uint8Array>();

describe('an image of a registry', () => {
  it('that is whole is compared', async () => {
    expect((await compareSpoiled(buildImage(literal({}, '2')), () => {})).verdict).toBe('changed');
  });

  it('with a blob of other bytes is an error', async () => {
    const image = buildImage(literal({}, '2'));
    for (const { descriptor, bytes } of [image.config, ...image.layers]) {
      for (const other of [Buffer.concat([bytes, Buffer.from(' ')]), bytes.subarray(1), flipped(bytes)]) {
        const spoiled = compareSpoiled(image, (held, name) => blobsOf(held, name).set(descriptor.digest, other));
        await expect(spoiled).rejects.toMatchObject({ code: 'mismatch' });
      }
    }
  });

  it('with a layer whose uncompressed bytes are not those that the config names is an error', async () => {
    const [one, other] = [buildImage(literal({}, '2')), buildImage(literal({}, '3'))];
    const layers = other.layers.map(({ descriptor }) => descriptor);
    const spoil = withManifest(one, (fields) => Object.assign(fields, { layers }));
    const spoiled = compareSpoiled(one, (held, name) => {
      spoil(held, name);
      for (const { descriptor, bytes } of other.layers) blobsOf(held, name).set(descriptor.digest, bytes);
    });
    await expect(spoiled).rejects.toMatchObject({ code: 'mismatch' });
  });

  it.each([
    ['a size too small', (size: number) => size - 1, 'mismatch'],
    ['a size too large', (size: number) => size + 1, 'mismatch'],
    ['a negative size', () => -1, 'invalid'],
    ['an absurd size', () => 1e300, 'invalid'],
  ] as const)('with %s in its manifest is an error', async (_, resize, code) => {
    const image = buildImage(literal({}, '2'));
    const spoil = withManifest(image, (fields) => {
      const [layer] = fields.layers as { size: number }[];
      if (layer) layer.size = resize(layer.size);
    });
    await expect(compareSpoiled(image, spoil)).rejects.toMatchObject({ code });
  });

  it('with a size larger than any disk ends with what was sent', async () => {
    const image = buildImage(literal({}, '2'));
    const spoil = withManifest(image, (fields) => {
      for (const part of [fields.config, ...(fields.layers as object[])])
        Object.assign(part as object, { size: 2 ** 52 });
    });
    await expect(compareSpoiled(image, spoil)).rejects.toMatchObject({ code: 'limit' });
  });

  it.each([
    'application/vnd.oci.image.layer.v1.tar+gzip+encrypted',
    'application/vnd.oci.image.layer.v1.tar+encrypted',
    'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
    'application/vnd.in-toto+json',
    'text/plain',
  ])('with a layer of type %s is an error that says so', async (mediaType) => {
    await expect(compareSpoiled(buildImage(literal({ mediaType }, '2')), () => {})).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(mediaType),
    });
  });

  it.each([
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ])('with a foreign layer is compared if the registry has it: %s', async (mediaType) => {
    const image = buildImage(literal({ mediaType }, '2'));
    expect((await compareSpoiled(image, () => {})).verdict).toBe('changed');
    const digest = image.layers[0]?.descriptor.digest ?? '';
    const spoiled = compareSpoiled(image, (held, name) => blobsOf(held, name).delete(digest));
    await expect(spoiled).rejects.toMatchObject({ code: 'unsupported', message: expect.stringContaining('foreign') });
  });

  it('with a manifest of an unknown type, or of two, is an error', async () => {
    const image = buildImage(literal({}, '2'));
    const nothing = () => {};
    const both = (fields: Record<string, unknown>) => Object.assign(fields, { manifests: [] });
    const artifact = ({ config }: Record<string, unknown>) =>
      Object.assign(config as object, { mediaType: 'application/vnd.acme.config.v1+json' });
    await expect(
      compareSpoiled(image, withManifest(image, nothing, 'application/vnd.acme.v1+json')),
    ).rejects.toMatchObject({
      code: expect.stringMatching(/invalid|unsupported/),
    });
    await expect(compareSpoiled(image, withManifest(image, both))).rejects.toMatchObject({ code: 'invalid' });
    await expect(compareSpoiled(image, withManifest(image, artifact))).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('with more layers than can be stacked, or other ones than its config names, is an error', async () => {
    const [digest] = good.config.diffIds;
    const fields = { rootfs: { type: 'layers', diff_ids: Array.from({ length: 501 }, () => digest) } };
    await expect(
      compareSpoiled(buildImage({ ...literal(), configFields: { ...fields, history: [] } }), () => {}),
    ).rejects.toMatchObject({ code: 'limit' });
    const image = buildImage(literal({}, '2'));
    await expect(
      compareSpoiled(
        image,
        withManifest(image, (manifest) => Object.assign(manifest, { layers: [] })),
      ),
    ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('with a manifest or a config of 100 MB is an error', async () => {
    const huge = Buffer.alloc(100_000_000, 0x20);
    const image = buildImage(literal({}, '2'));
    const manifest = compareSpoiled(image, (held, name) => {
      const stored = held.manifests.get(name)?.get('latest');
      if (stored) held.manifests.get(name)?.set('latest', { ...stored, bytes: huge });
    });
    await expect(manifest).rejects.toMatchObject({ code: 'limit' });
    const digest = sha256Digest(huge);
    const change = withManifest(image, ({ config }) => Object.assign(config as object, { digest, size: huge.length }));
    const config = compareSpoiled(image, (held, name) => {
      change(held, name);
      blobsOf(held, name).set(digest, huge);
    });
    await expect(config).rejects.toMatchObject({ code: 'limit' });
  });

  it('with JSON of very many values is an error, and with deep nesting is read', async () => {
    const image = buildImage(literal({}, '2'));
    const withText = (text: string) =>
      compareSpoiled(image, (held, name) => {
        const stored = held.manifests.get(name)?.get('latest');
        const bytes = Buffer.from(`${Buffer.from(image.manifest.bytes).toString().slice(0, -1)},"x":${text}}`);
        if (stored) held.manifests.get(name)?.set('latest', { ...stored, bytes });
      });
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    await expect(withText(`[${'0,'.repeat(400_000)}0]`)).rejects.toMatchObject({ code: 'limit' });
    await expect(withText(nested(400_000))).rejects.toMatchObject({ code: 'limit' });
    expect((await withText(nested(100_000))).verdict).toBe('changed');
  });
});

function flipped(bytes: Uint8Array): Buffer {
  const other = Buffer.from(bytes);
  other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
  return other;
}
