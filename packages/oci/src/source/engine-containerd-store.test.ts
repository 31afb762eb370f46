import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { dockerOciArchiveEntries } from '../testing/archive-builder.js';
import { buildImage } from '../testing/image-builder.js';
import { writeTar } from '../testing/tar-writer.js';
import { connectEngine } from './connect-engine.js';
import type { Engine } from './engine.js';
import { openEngineImages } from './engine-images.js';

// Docker keeps images in containerd's store by default since 29: an image's ID is a manifest's digest there, and an export has its
// layers as they are stored. Where the tests run there may be an older one, so that what one of API 1.56 answered is answered here.

const layer = (text: string) => ({ files: [{ path: text, content: text.repeat(100) }] });
const image = buildImage({ layers: [layer('base'), layer('middle'), layer('top')], config: { Env: ['A=1'] } });
const [base, , top] = image.layers as [(typeof image.layers)[0], unknown, (typeof image.layers)[0]];
const diffIds = image.layers.map(({ diffId }) => diffId);
const manifest = image.manifest.descriptor;
const other = `sha256:${'1'.repeat(64)}`;

const indexOf = (manifests: readonly unknown[]) => ({
  Id: other,
  Descriptor: { mediaType: MEDIA_TYPES.ociIndex, digest: other, size: 1 },
  Manifests: manifests,
});
const line = (kind: string, digest: string, architecture: string) => ({
  ID: digest,
  Descriptor: { mediaType: manifest.mediaType, digest },
  Kind: kind,
  ...(kind === 'image' && { ImageData: { Platform: { os: 'linux', architecture } } }),
});

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An engine that has one image; `asked` is what it was asked for. `onInfo` may answer `/info` in its own way, and then says true. */
async function engineWith(
  fields: Readonly<Record<string, unknown>>,
  onInfo: (response: ServerResponse) => boolean = () => false,
): Promise<{ engine: Engine; asked: string[] }> {
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    '/version': { Version: '29.1.0', ApiVersion: '1.56' },
    '/info': { DriverStatus: [['driver-type', 'io.containerd.snapshotter.v1']] },
    '/images/app/json': {
      Id: manifest.digest,
      Os: 'linux',
      Architecture: 'amd64',
      RootFS: { Type: 'layers', Layers: diffIds },
      Config: { Env: ['A=1'] },
      Size: 1,
      ...fields,
    },
    [`/images/${fields.Id ?? manifest.digest}/history`]: diffIds.map(() => ({
      CreatedBy: 'RUN x',
      Size: 1,
      Id: '<missing>',
    })),
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://engine');
    asked.push(pathname);
    if (pathname === '/info' && onInfo(response)) return;
    if (pathname === '/images/get') response.end(writeTar(dockerOciArchiveEntries([{ image }])));
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[pathname]));
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const engine = await connectEngine({
    env: { DOCKER_HOST: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` },
  });
  return { engine, asked };
}

async function open(fields: Readonly<Record<string, unknown>>) {
  const { engine, asked } = await engineWith(fields);
  const images = await openEngineImages(engine, 'app');
  return {
    opened: await images.open(image.platform),
    exports: () => asked.filter((path) => path === '/images/get').length,
  };
}

test('is told by its manifest, and not exported for the digest of its config', async () => {
  const { opened, exports } = await open({ Descriptor: manifest });
  expect(opened).toMatchObject({ manifestDigest: manifest.digest, configDigest: undefined });
  expect(opened.config).toMatchObject({ diffIds, run: { env: ['A=1'] } });
  expect(exports()).toBe(0);
  expect(sha256Digest(await opened.readRawConfig())).toBe(image.config.descriptor.digest);
});

test('is the image of its platform in an index, beside an attestation and another platform', async () => {
  const { opened, exports } = await open(
    indexOf([line('attestation', other, ''), line('image', manifest.digest, 'amd64'), line('image', other, 's390x')]),
  );
  expect(opened.manifestDigest).toBe(manifest.digest);
  expect(exports()).toBe(0);
});

test.each([
  ['no manifest is told', {}],
  ['an index tells of none', indexOf([])],
  ['an index tells nothing of use', indexOf([null, { Kind: 'image' }, { Kind: 'image', ImageData: { Platform: {} } }])],
  [
    'two manifests of an index are for its platform',
    indexOf([line('image', manifest.digest, 'amd64'), line('image', other, 'amd64')]),
  ],
])('is told by its config, from an export, where %s', async (_, fields) => {
  const { opened, exports } = await open(fields);
  expect(opened).toMatchObject({ manifestDigest: undefined, configDigest: image.config.descriptor.digest });
  expect(exports()).toBe(1);
});

test('layers that a registry stores in the same form, or that an export before had, are not unpacked to be passed over', async () => {
  const { opened } = await open({ Descriptor: manifest });
  const read: (Digest | undefined)[] = [];
  const readTop = async (storedLayers?: ReadonlyMap<Digest, Digest>) => {
    read.length = 0;
    const layers = await opened.readLayers(
      new Set([top.diffId]),
      async (tar, expected) => {
        read.push(expected);
        for await (const _ of tar);
        return 'read';
      },
      storedLayers && { storedLayers },
    );
    expect([...layers]).toEqual([[top.diffId, 'read']]);
    return read;
  };
  const known = new Map([base, top].map(({ descriptor, diffId }) => [descriptor.digest, diffId] as const));
  expect(await readTop(known)).toEqual([undefined, top.diffId]);
  expect(await readTop()).toEqual([top.diffId]);
});

test('a layer that is told wrongly is missed, and not taken for another', async () => {
  const { opened } = await open({ Descriptor: manifest });
  const storedLayers = new Map([[top.descriptor.digest, base.diffId]]);
  const read = opened.readLayers(new Set([top.diffId]), async () => 'read', { storedLayers });
  await expect(read).rejects.toMatchObject({ code: 'mismatch' });
});

test('is asked for again where the engine failed to say how it keeps images, and waited for no longer than wanted', async () => {
  const ways = [(response: ServerResponse) => response.writeHead(500).end('{"message":"busy"}'), () => undefined];
  const { engine } = await engineWith({ Descriptor: manifest }, (response) => {
    const way = ways.shift();
    way?.(response);
    return way !== undefined;
  });
  await expect(engine.inspect('app')).rejects.toMatchObject({ message: expect.stringContaining('busy') });
  const signal = AbortSignal.timeout(100);
  await expect(engine.inspect('app', { signal })).rejects.toMatchObject({ code: 'aborted' });
});
