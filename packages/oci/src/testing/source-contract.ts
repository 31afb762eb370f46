import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { digestOf, sha256Digest } from '../content/digest.js';
import type { Image, ImageSet } from '../model/image.js';
import { parseImageConfig } from '../model/image-config.js';
import { type BuiltImage, buildImage } from './image-builder.js';

/** One image, with what sources could get wrong: a layer twice, a layer of no bytes but the end of its tar, a history. */
export const contractImage: BuiltImage = buildImage({
  layers: [
    {
      files: [
        { path: 'etc/', type: 'directory' },
        { path: 'etc/os', content: 'base' },
      ],
      createdBy: 'ADD rootfs /',
    },
    { files: [{ path: 'app', content: Buffer.alloc(700_000, 'app') }], createdBy: 'COPY app /app' },
    { files: [], createdBy: 'RUN true' },
    { files: [{ path: '.wh.app' }], createdBy: 'RUN rm /app' },
  ],
  config: {
    Env: ['PATH=/bin', 'A=b'],
    Cmd: ['app'],
    Labels: { team: 'blue' },
    Healthcheck: { Test: ['CMD', 'true'], Interval: 5_000_000_000 },
  },
  configFields: { created: '2026-01-02T03:04:05Z' },
});

/**
 * What every source of images must do. `open` gives the set that holds `contractImage` in that place; it is opened once and
 * closed by the contract.
 */
export function describeSourceContract(
  name: string,
  open: () => Promise<{ readonly images: ImageSet; readonly close: () => Promise<void> }>,
): void {
  const expected = contractImage;
  const diffIds = expected.layers.map(({ diffId }) => diffId);
  const read = (image: Image, wanted: Iterable<Digest>) => image.readLayers(new Set(wanted), digestOf);

  describe(`${name}, as any source,`, () => {
    let images: ImageSet;
    let image: Image;
    let close: () => Promise<void> = async () => {};
    beforeAll(async () => {
      ({ images, close } = await open());
      image = await images.open(expected.platform);
    });
    afterAll(async () => {
      await image?.close();
      await images?.close();
      await close();
    });

    it('has the image of its platform, and no other', async () => {
      expect(await images.readPlatforms()).toEqual([expected.platform]);
      await expect(images.open({ os: 'linux', architecture: 's390x' })).rejects.toMatchObject({ code: 'not-found' });
    });

    it('has its config, by digest, by bytes and by content', async () => {
      const { digest } = expected.config.descriptor;
      expect(sha256Digest(await image.readRawConfig())).toBe(digest);
      // An engine that keeps manifests may tell that digest alone.
      const isTold = image.layers !== undefined || image.manifestDigest === undefined;
      expect(isTold ? [digest] : [digest, undefined]).toContain(image.configDigest);
      const { history, ...config } = parseImageConfig(expected.config.bytes);
      expect(image.config).toMatchObject(config);
      expect(image.config.history.map(({ createdBy, emptyLayer }) => ({ createdBy, emptyLayer }))).toEqual(
        history.map(({ createdBy, emptyLayer }) => ({ createdBy, emptyLayer })),
      );
    });

    it('gives every layer, byte for byte', async () => {
      const layers = await read(image, diffIds);
      expect([...layers.keys()].sort()).toEqual([...new Set(diffIds)].sort());
      for (const { diffId, tar } of expected.layers) {
        expect(layers.get(diffId)).toEqual({ digest: diffId, size: tar.byteLength });
      }
    });

    it('gives only the layers that were asked for', async () => {
      for (const diffId of diffIds) expect([...(await read(image, [diffId])).keys()]).toEqual([diffId]);
      expect((await read(image, [])).size).toBe(0);
    });

    it('says which layer it does not have', async () => {
      const unknown: Digest = `sha256:${'0'.repeat(64)}`;
      await expect(read(image, [unknown])).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining(unknown),
      });
    });

    it('passes on what the reader of a layer throws', async () => {
      const failing = async () => {
        throw new Error('the reader failed');
      };
      await expect(image.readLayers(new Set(diffIds.slice(0, 1)), failing)).rejects.toThrow('the reader failed');
    });

    it('stops when told to', async () => {
      const options = { signal: AbortSignal.abort() };
      await expect(image.readLayers(new Set(diffIds), digestOf, options)).rejects.toMatchObject({ code: 'aborted' });
    });
  });
}
