import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Descriptor } from '../content/descriptor.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { parseIndex } from '../model/manifest.js';
import { formatPlatform } from '../model/platform.js';
import { printManifest } from '../model/print-manifest.js';
import type { Repository, StoredImages } from '../model/repository.js';
import { blob, buildImage, buildIndex, pushImage } from '../testing/image-builder.js';
import { joinImages } from './join-images.js';
import { openOciLayout } from './oci-layout.js';
import { openRepositoryImages } from './repository-images.js';

const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) =>
  buildImage({ layers: [[{ path: 'app', content: architecture }]], platform: { os: 'linux', architecture } }),
) as [ReturnType<typeof buildImage>, ReturnType<typeof buildImage>];

let folder: string;
let target: Repository;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'join-images-'));
  target = openOciLayout(join(folder, 'joined'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const stored = async (source: Repository, reference: string): Promise<StoredImages> => ({
  ...(await openRepositoryImages(source, reference)),
  source,
});

test('images of one platform each become one index, with their manifests as they are', async () => {
  const [one, two] = [openOciLayout(join(folder, 'one')), openOciLayout(join(folder, 'two'))];
  await pushImage(one, amd64, 'build');
  await pushImage(two, arm64, 'build');
  const digest = await joinImages([await stored(one, 'build'), await stored(two, 'build')], target, 'build');
  const joined = await openRepositoryImages(target, digest);
  expect(joined.isIndex).toBe(true);
  expect((await joined.readPlatforms()).map(formatPlatform)).toEqual(['linux/amd64', 'linux/arm64']);
  for (const built of [amd64, arm64]) {
    const image = await joined.open(built.platform);
    expect(image.manifestDigest).toBe(built.manifest.descriptor.digest);
    const read = await image.readLayers(new Set(image.config.diffIds), async (tar) => {
      for await (const _ of tar);
      return 'whole';
    });
    expect([...read.values()]).toEqual(['whole']);
  }
  expect((await target.resolve('build'))?.digest).toBe(digest);
});

test('attestations go along, after the images', async () => {
  const source = openOciLayout(join(folder, 'attested'));
  await pushImage(source, amd64);
  const config = blob(
    MEDIA_TYPES.ociConfig,
    '{"architecture":"unknown","os":"unknown","rootfs":{"type":"layers","diff_ids":[]}}',
  );
  await source.pushBlob(config.descriptor, async function* () {
    yield config.bytes;
  });
  const about = printManifest(MEDIA_TYPES.ociManifest, { config: config.descriptor, layers: [] });
  await source.pushManifest(about, undefined);
  const entry: Descriptor = {
    ...about.descriptor,
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': amd64.manifest.descriptor.digest,
    },
  };
  const index = buildIndex([amd64]);
  const { manifests } = JSON.parse(Buffer.from(index.bytes).toString());
  await source.pushManifest(printManifest(MEDIA_TYPES.ociIndex, { manifests: [...manifests, entry] }), 'build');
  const other = openOciLayout(join(folder, 'other'));
  await pushImage(other, arm64, 'build');
  const digest = await joinImages([await stored(source, 'build'), await stored(other, 'build')], target, 'build');
  const joined = parseIndex((await target.fetchManifest(digest)).bytes).manifests;
  expect(joined.map(({ platform }) => platform?.architecture)).toEqual(['amd64', 'arm64', 'unknown']);
  expect(joined[2]?.annotations).toEqual(entry.annotations);
  expect(await target.resolve(about.descriptor.digest)).toBeDefined();
});
