import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { printManifest } from '../model/print-manifest.js';
import type { Repository } from '../model/repository.js';
import { openRepositoryImages } from '../source/repository-images.js';
import { blob, buildImage, buildIndex, pushImage } from './image-builder.js';

/** A place for repositories: each call of `repository` gives another, empty one. */
export interface RepositoryPlace {
  repository(name: string): Repository;
  close?(): Promise<void>;
}

const ABSENT = sha256Digest('absent');

/** The promises of `Repository`, as tests. Every kind of repository calls this from its own test file. */
export function describeRepositoryContract(kind: string, setup: () => Promise<RepositoryPlace>): void {
  describe(`${kind} as a repository`, () => {
    let place: RepositoryPlace;
    let repository: Repository;
    const image = buildImage({
      layers: [[{ path: 'a', content: 'one' }], [{ path: 'b', content: 'two' }]],
      annotations: { note: 'kept' },
    });

    beforeAll(async () => {
      place = await setup();
      repository = place.repository('contract/app');
      await pushImage(repository, image, 'v1');
    });
    afterAll(async () => place.close?.());

    it('resolves a tag and a digest to the same descriptor', async () => {
      const { descriptor } = image.manifest;
      expect(await repository.resolve('v1')).toMatchObject(descriptor);
      expect(await repository.resolve(descriptor.digest)).toMatchObject(descriptor);
    });

    it('resolves what is not there to nothing', async () => {
      expect(await repository.resolve('absent')).toBeUndefined();
      expect(await repository.resolve(ABSENT)).toBeUndefined();
      expect(await place.repository('contract/never').resolve('v1')).toBeUndefined();
    });

    it('gives back the very bytes of a manifest', async () => {
      const spaced = Buffer.from(`${Buffer.from(image.manifest.bytes).toString()}\n \n`);
      const descriptor = { mediaType: MEDIA_TYPES.ociManifest, digest: sha256Digest(spaced), size: spaced.byteLength };
      await repository.pushManifest({ descriptor, bytes: spaced }, 'spaced');
      const fetched = await repository.fetchManifest('spaced');
      expect(Buffer.from(fetched.bytes).equals(spaced)).toBe(true);
      expect(fetched.descriptor).toMatchObject(descriptor);
    });

    it('throws not-found for a manifest and a blob that are not there', async () => {
      await expect(repository.fetchManifest('absent')).rejects.toMatchObject({ code: 'not-found' });
      await expect(repository.fetchManifest(ABSENT)).rejects.toMatchObject({ code: 'not-found' });
      const read = async () => readAll(await repository.fetchBlob({ digest: ABSENT, size: 6 }), 100, 'blob');
      await expect(read()).rejects.toMatchObject({ code: 'not-found' });
      expect(await repository.hasBlob({ digest: ABSENT, size: 6 })).toBe(false);
    });

    it('refuses a reference that is neither tag nor digest', async () => {
      for (const reference of ['', '../../x', 'a b', 'sha256:12', 'x/y']) {
        await expect(repository.fetchManifest(reference)).rejects.toMatchObject({ code: 'invalid' });
        await expect(repository.resolve(reference)).rejects.toMatchObject({ code: 'invalid' });
      }
    });

    it('streams a blob, checked', async () => {
      const [layer] = image.layers;
      const { descriptor, bytes } = layer ?? image.config;
      const read = await readAll(await repository.fetchBlob(descriptor), 10_000, 'blob');
      expect(Buffer.from(read).equals(bytes)).toBe(true);
    });

    it('throws mismatch where a blob has another size than its descriptor', async () => {
      const descriptor = { ...image.config.descriptor, size: image.config.descriptor.size - 1 };
      const read = async () => readAll(await repository.fetchBlob(descriptor), 10_000, 'blob');
      await expect(read()).rejects.toMatchObject({ code: 'mismatch' });
    });

    it('stores no blob whose bytes have another digest', async () => {
      const { descriptor } = blob('application/octet-stream', 'what was promised');
      const push = repository.pushBlob(descriptor, () => oneChunk(Buffer.from('what was pushed!!')));
      await expect(push).rejects.toMatchObject({ code: 'mismatch' });
      expect(await repository.hasBlob(descriptor)).toBe(false);
    });

    it('stores an empty blob, and one of many chunks', async () => {
      const empty = blob('application/octet-stream', '');
      await repository.pushBlob(empty.descriptor, () => oneChunk(empty.bytes));
      expect(await repository.hasBlob(empty.descriptor)).toBe(true);
      const large = blob('application/octet-stream', Buffer.alloc(300_000, 'large'));
      await repository.pushBlob(large.descriptor, async function* () {
        for (let at = 0; at < 300_000; at += 1000) yield large.bytes.subarray(at, at + 1000);
      });
      const read = await readAll(await repository.fetchBlob(large.descriptor), 300_000, 'blob');
      expect(sha256Digest(read)).toBe(large.descriptor.digest);
    });

    it('does not read a blob again that is there', async () => {
      let opened = 0;
      await repository.pushBlob(image.config.descriptor, () => {
        opened += 1;
        return oneChunk(image.config.bytes);
      });
      expect(opened).toBe(0);
    });

    it('throws the error of who reads the blob that is pushed', async () => {
      const { descriptor } = blob('application/octet-stream', 'never comes');
      const push = repository.pushBlob(descriptor, async function* () {
        yield Buffer.from('never');
        throw new Error('the disk is gone');
      });
      await expect(push).rejects.toThrow('the disk is gone');
      expect(await repository.hasBlob(descriptor)).toBe(false);
    });

    it('takes over a blob from another repository, or says that it could not', async () => {
      const other = place.repository('contract/other');
      const [layer] = image.layers;
      const { descriptor } = layer ?? image.config;
      const mounted = await other.mountBlob(descriptor, repository.name);
      expect(await other.hasBlob(descriptor)).toBe(mounted);
      expect(await other.mountBlob({ digest: ABSENT, size: 6 }, repository.name)).toBe(false);
      expect(await other.mountBlob(descriptor, 'elsewhere.example/none')).toBe(false);
    });

    it('refuses a manifest whose bytes have another digest', async () => {
      const { descriptor } = image.manifest;
      const push = repository.pushManifest({ descriptor, bytes: Buffer.from('{}') }, 'wrong');
      await expect(push).rejects.toMatchObject({ code: 'mismatch' });
      expect(await repository.resolve('wrong')).toBeUndefined();
    });

    it('moves a tag, and keeps both manifests by digest', async () => {
      const other = buildImage({ layers: [[{ path: 'a', content: 'other' }]] });
      await repository.pushManifest(image.manifest, 'moving');
      await pushImage(repository, other, 'moving');
      expect(await repository.resolve('moving')).toMatchObject({ digest: other.manifest.descriptor.digest });
      expect(await repository.resolve(image.manifest.descriptor.digest)).toBeDefined();
    });

    it('keeps a manifest that has no tag', async () => {
      const untagged = buildImage({ layers: [[{ path: 'untagged', content: 'x' }]] });
      await pushImage(repository, untagged);
      expect(await repository.resolve(untagged.manifest.descriptor.digest)).toBeDefined();
    });

    it('lists its tags', async () => {
      const tagged = place.repository('contract/tagged');
      await pushImage(tagged, image, 'v1');
      await tagged.pushManifest(image.manifest, 'v1.2.3');
      await tagged.pushManifest(image.manifest, 'latest');
      expect((await tagged.tags()).sort()).toEqual(['latest', 'v1', 'v1.2.3']);
      expect(await place.repository('contract/never').tags()).toEqual([]);
    });

    it('opens an image by tag, with its layers', async () => {
      const images = await openRepositoryImages(repository, 'v1');
      const opened = await images.open(image.platform);
      expect(opened.config.diffIds).toEqual(image.layers.map((layer) => layer.diffId));
      expect(opened.annotations).toEqual({ note: 'kept' });
      const read = await opened.readLayers(new Set(opened.config.diffIds), (tar) =>
        readAll(collect(tar), 10_000, 'layer'),
      );
      for (const layer of image.layers) expect(sha256Digest(read.get(layer.diffId) ?? '')).toBe(layer.diffId);
    });

    it('opens an image of an index by its platform', async () => {
      const arm = buildImage({
        layers: [[{ path: 'arm' }]],
        platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
      });
      await pushImage(repository, arm);
      const index = buildIndex([image, arm]);
      await repository.pushManifest(index, 'multi');
      const images = await openRepositoryImages(repository, 'multi');
      expect(images).toMatchObject({ isIndex: true, digest: index.descriptor.digest });
      const opened = await images.open({ os: 'linux', architecture: 'arm64' });
      expect(opened.manifestDigest).toBe(arm.manifest.descriptor.digest);
    });

    it('keeps manifests of other kinds than images', async () => {
      const config = blob(MEDIA_TYPES.ociEmpty, '{}');
      await repository.pushBlob(config.descriptor, () => oneChunk(config.bytes));
      const fields = {
        artifactType: 'application/vnd.example.test',
        config: config.descriptor,
        layers: [config.descriptor],
      };
      const artifact = printManifest(MEDIA_TYPES.ociManifest, fields);
      await repository.pushManifest(artifact, 'artifact');
      expect((await repository.fetchManifest('artifact')).descriptor.digest).toBe(artifact.descriptor.digest);
    });

    it('stops for an AbortSignal', async () => {
      const { descriptor } = blob('application/octet-stream', 'never stored');
      const options = { signal: AbortSignal.abort() };
      const push = repository.pushBlob(descriptor, () => oneChunk(Buffer.from('never stored')), options);
      await expect(push).rejects.toMatchObject({ code: 'aborted' });
    });
  });
}

async function* collect(tar: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  yield* tar;
}
