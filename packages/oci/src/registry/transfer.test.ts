import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { MANIFEST_MEDIA_TYPES, MEDIA_TYPES } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { printManifest } from '../model/print-manifest.js';
import { blob, buildImage, pushImage } from '../testing/image-builder.js';
import { EMPTY_ENVIRONMENT, registryFixture } from '../testing/registry-fixture.js';

const image = buildImage({ layers: [[{ path: 'a', content: 'x' }]] });
const large = blob('application/octet-stream', Buffer.alloc(100_000, 'large blob '));

describe('manifests', () => {
  it('asks for every kind that is understood', async () => {
    const { repository, registry } = await registryFixture();
    await repository.resolve('v1');
    expect(registry.requests[0]?.headers.accept).toBe(MANIFEST_MEDIA_TYPES.join(', '));
  });

  it('resolves by one HEAD', async () => {
    const { repository, registry } = await registryFixture();
    await pushImage(repository, image, 'v1');
    registry.requests.length = 0;
    await repository.resolve('v1');
    expect(registry.log()).toEqual(['HEAD /v2/app/manifests/v1']);
  });

  it.each(['resolve', 'fetchManifest'] as const)(
    '%s asks over the connection whose answer was just read',
    async (how) => {
      const { repository, registry } = await registryFixture({}, { concurrency: 1 });
      await pushImage(repository, image, 'v1');
      registry.requests.length = 0;
      for (let at = 0; at < 10; at++) await repository[how]('v1');
      expect(new Set(registry.requests.map(({ clientPort }) => clientPort)).size).toBe(1);
    },
  );

  it('resolves at a server that wrongly sends a body after HEAD', async () => {
    const stray = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nstray';
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(stray));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { client } = await registryFixture();
    const repository = client.repository(`127.0.0.1:${port}/app`);
    for (let at = 0; at < 3; at++) {
      expect(await repository.hasBlob({ digest: sha256Digest('stray'), size: 5 })).toBe(true);
    }
  });

  it.each(['docker-content-digest', 'content-length', 'content-type'])(
    'resolves by GET where HEAD has no %s',
    async (name) => {
      const { repository, registry } = await registryFixture();
      await pushImage(repository, image, 'v1');
      registry.faults.push({ method: 'HEAD', dropHeaders: [name] });
      expect(await repository.resolve('v1')).toEqual(image.manifest.descriptor);
    },
  );

  it('refuses bytes that the header or the name has another digest for', async () => {
    const { repository, registry } = await registryFixture();
    await pushImage(repository, image, 'v1');
    const corrupt = (bytes: Uint8Array) => Buffer.concat([bytes.subarray(1), Buffer.from('x')]);
    registry.faults.push({ method: 'GET', corrupt, times: 2 });
    await expect(repository.fetchManifest('v1')).rejects.toMatchObject({ code: 'mismatch' });
    await expect(repository.fetchManifest(image.manifest.descriptor.digest)).rejects.toMatchObject({
      code: 'mismatch',
    });
  });

  it('refuses another digest in the answer of HEAD', async () => {
    const { repository, registry } = await registryFixture();
    const headers = {
      'docker-content-digest': sha256Digest('other'),
      'content-type': MEDIA_TYPES.ociManifest,
      'content-length': '3',
    };
    registry.faults.push({ method: 'HEAD', status: 200, headers });
    await expect(repository.resolve(image.manifest.descriptor.digest)).rejects.toMatchObject({ code: 'mismatch' });
  });

  it('resolves a sha512 digest where the answer of HEAD names sha256', async () => {
    const { repository, registry } = await registryFixture();
    const { bytes, descriptor } = image.manifest;
    const digest: Digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
    registry.manifests.set('app', new Map([[digest, { mediaType: descriptor.mediaType, bytes }]]));
    expect(await repository.resolve(digest)).toEqual({ ...descriptor, digest });
  });

  it('refuses a manifest of absurd size', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ status: 200, body: ' '.repeat(5 * 1024 * 1024) });
    await expect(repository.fetchManifest('v1')).rejects.toMatchObject({ code: 'limit' });
  });

  it('sends a manifest with its length', async () => {
    const { repository, registry } = await registryFixture();
    await pushImage(repository, image, 'v1');
    const { headers } = registry.requests.at(-1) ?? {};
    expect(headers).toMatchObject({ 'content-length': String(image.manifest.bytes.byteLength) });
    expect(headers).not.toHaveProperty('transfer-encoding');
  });

  it('says that the registry stored something else', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ method: 'PUT', status: 201, headers: { 'docker-content-digest': sha256Digest('other') } });
    await expect(repository.pushManifest(image.manifest, 'v1')).rejects.toMatchObject({ code: 'mismatch' });
  });
});

describe('reading a blob', () => {
  it('goes on by range where the connection breaks', async () => {
    const { repository, registry, pauses } = await registryFixture();
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.requests.length = 0;
    registry.faults.push({ method: 'GET', cutAfterBytes: 30_000 }, { method: 'GET', cutAfterBytes: 1000 });
    const read = await readAll(await repository.fetchBlob(large.descriptor), 200_000, 'blob');
    expect(sha256Digest(read)).toBe(large.descriptor.digest);
    expect(registry.requests.map(({ headers }) => headers.range)).toEqual([undefined, 'bytes=30000-', 'bytes=31000-']);
    expect(pauses).toHaveLength(2);
  });

  it('skips what it has where the registry knows no ranges', async () => {
    const { repository, registry } = await registryFixture({ noRanges: true });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.faults.push({ method: 'GET', cutAfterBytes: 30_000 });
    const read = await readAll(await repository.fetchBlob(large.descriptor), 200_000, 'blob');
    expect(sha256Digest(read)).toBe(large.descriptor.digest);
  });

  it('gives up where no try gets further', async () => {
    const { repository, registry } = await registryFixture();
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.faults.push({ method: 'GET', cutAfterBytes: 0, times: 99 });
    const read = async () => readAll(await repository.fetchBlob(large.descriptor), 200_000, 'blob');
    await expect(read()).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('finds changed and truncated bytes', async () => {
    const { repository, registry } = await registryFixture();
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.faults.push({ method: 'GET', corrupt: (bytes) => Buffer.from(bytes).fill('x', 500, 501) });
    registry.faults.push({ method: 'GET', corrupt: (bytes) => bytes.subarray(1) });
    for (const _ of ['changed', 'truncated']) {
      const read = async () => readAll(await repository.fetchBlob(large.descriptor), 200_000, 'blob');
      await expect(read()).rejects.toMatchObject({ code: 'mismatch' });
    }
  });

  it('goes on by range where the answer falls silent', async () => {
    const { repository, registry } = await registryFixture({}, { bodyTimeoutMs: 200 });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.faults.push({ method: 'GET', stallAfterBytes: 500 });
    const read = await readAll(await repository.fetchBlob(large.descriptor), 200_000, 'blob');
    expect(sha256Digest(read)).toBe(large.descriptor.digest);
  });

  it('stops on an AbortSignal, before, while and without being read', async () => {
    const { repository, registry } = await registryFixture();
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.faults.push({ method: 'GET', stallAfterBytes: 500, times: 3 });
    const stop = new AbortController();
    const open = () => repository.fetchBlob(large.descriptor, { signal: stop.signal });
    const [unread, before, during] = [await open(), await open(), await open()];
    const reading = expect(readAll(during, 200_000, 'blob')).rejects.toMatchObject({ code: 'aborted' });
    await new Promise((resolve) => setTimeout(resolve, 50));
    stop.abort();
    await reading;
    await expect(readAll(before, 200_000, 'blob')).rejects.toMatchObject({ code: 'aborted' });
    expect(unread).toBeDefined();
  });

  it('warns of nothing where many requests have one AbortSignal', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const { repository } = await registryFixture();
    await pushImage(repository, image, 'v1');
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 30 }, () => repository.resolve('v1', { signal })));
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });
});

describe('pushing a blob', () => {
  const pushes = (requests: readonly { method: string }[]) => requests.map(({ method }) => method).join(' ');

  it('uses one PUT', async () => {
    const { repository, registry } = await registryFixture();
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(pushes(registry.requests)).toBe('HEAD POST PUT');
    expect(registry.requests[2]?.headers['content-length']).toBe('100000');
  });

  it('uses chunks above a size', async () => {
    const { repository, registry } = await registryFixture({}, { chunkedAboveBytes: 99_999, chunkBytes: 40_000 });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(pushes(registry.requests)).toBe('HEAD POST PATCH PATCH PATCH PUT');
    expect(registry.requests.map(({ headers }) => headers['content-range']).filter(Boolean)).toEqual([
      '0-39999',
      '40000-79999',
      '80000-99999',
    ]);
  });

  it('uses chunks where the registry takes no single PUT of that size, as large as it asks for', async () => {
    const served = { maxPutBytes: 50_000, minChunkBytes: 60_000 };
    const { repository, registry } = await registryFixture(served, { chunkBytes: 10_000 });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(pushes(registry.requests)).toBe('HEAD POST PUT POST PATCH PATCH PUT');
  });

  it('begins anew after a failure in passing', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ method: 'PUT', status: 503 }, { method: 'PUT', cutAfterBytes: 'headers' });
    let opened = 0;
    await repository.pushBlob(large.descriptor, () => {
      opened += 1;
      return oneChunk(large.bytes);
    });
    expect(opened).toBe(3);
    expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
  });

  it.each([
    [404, 'BLOB_UPLOAD_UNKNOWN', 'PUT', {}],
    [400, 'BLOB_UPLOAD_INVALID', 'PUT', {}],
    [404, 'BLOB_UPLOAD_UNKNOWN', 'PATCH', { chunkedAboveBytes: 0, chunkBytes: 40_000 }],
  ])('begins anew where another replica answers %i (%s) to a %s', async (status, code, method, options) => {
    const { repository, registry, pauses } = await registryFixture({}, options);
    const body = JSON.stringify({ errors: [{ code, message: 'of another replica' }] });
    registry.faults.push({ method, status, body }, { method: 'GET', path: '/uploads/', status: 404, body });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
    expect(pauses.length).toBeGreaterThan(0);
  });

  it.each([{}, { chunkedAboveBytes: 0, chunkBytes: 40_000 }])(
    'does not send again what the registry has, though its answer was lost (%j)',
    async (options) => {
      const { repository, registry } = await registryFixture({}, options);
      registry.faults.push({ method: 'PUT', cutAfterBytes: 'doing' });
      let opened = 0;
      await repository.pushBlob(large.descriptor, () => {
        opened += 1;
        return oneChunk(large.bytes);
      });
      expect(opened).toBe(1);
      expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
    },
  );

  it.each([{}, { chunkedAboveBytes: 0 }])(
    'waits the longer for the end of an upload the larger it is: registries hash and copy it first (%j)',
    async (options) => {
      const { repository, registry } = await registryFixture({}, { ...options, headersTimeoutMs: 1500, retries: 0 });
      const { descriptor, bytes } = blob('x', Buffer.alloc(20_000_000));
      registry.faults.push({ method: 'PUT', delayMs: 2500, times: 2 });
      await repository.pushBlob(descriptor, () => oneChunk(bytes));
      const small = repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
      await expect(small).rejects.toMatchObject({ message: expect.stringContaining('no answer in time') });
    },
  );

  it('says so where an upload is never known', async () => {
    const { repository, registry } = await registryFixture();
    const body = JSON.stringify({ errors: [{ code: 'BLOB_UPLOAD_UNKNOWN' }] });
    registry.faults.push({ method: 'PUT', status: 404, body, times: 99 });
    const push = repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    await expect(push).rejects.toMatchObject({ code: 'not-found', message: expect.stringContaining('UPLOAD_UNKNOWN') });
  });

  it('sends a chunk again that did not arrive', async () => {
    const { repository, registry } = await registryFixture({}, { chunkedAboveBytes: 0, chunkBytes: 40_000 });
    registry.faults.push({ method: 'PATCH', status: 503 });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(pushes(registry.requests)).toBe('HEAD POST PATCH GET PATCH PATCH PATCH PUT');
  });

  it('does not send a chunk again whose answer was lost', async () => {
    const { repository, registry } = await registryFixture({}, { chunkedAboveBytes: 0, chunkBytes: 40_000 });
    registry.faults.push({ method: 'PATCH', corrupt: () => Buffer.from('xx'), cutAfterBytes: 1 });
    await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
    expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
  });

  it('takes over a blob by one request', async () => {
    const { client, repository, registry } = await registryFixture();
    await client.repository(`${registry.host}/base`).pushBlob(large.descriptor, () => oneChunk(large.bytes));
    registry.requests.length = 0;
    expect(await repository.mountBlob(large.descriptor, `${registry.host}/base`)).toBe(true);
    expect(pushes(registry.requests)).toBe('POST');
  });

  it.each([400, 404, 405, 416, 422, 500, 501])('is asked for where a mount is answered with %i', async (status) => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ method: 'POST', status, times: 9 });
    expect(await repository.mountBlob(large.descriptor, `${registry.host}/base`)).toBe(false);
  });

  it('leaves no begun upload behind where a mount was not possible', async () => {
    const { repository, registry } = await registryFixture();
    expect(await repository.mountBlob(large.descriptor, `${registry.host}/base`)).toBe(false);
    expect(pushes(registry.requests)).toBe('POST DELETE');
  });
});

describe('lists', () => {
  it('reads tags page by page', async () => {
    const { repository, registry } = await registryFixture({ pageSize: 2 });
    const tags = ['a', 'b', 'c', 'd', 'e'];
    for (const tag of tags) await repository.pushManifest(image.manifest, tag);
    registry.requests.length = 0;
    expect(await repository.tags()).toEqual(tags);
    expect(registry.requests).toHaveLength(3);
  });

  it('takes no missing page for the end', async () => {
    const { repository, registry } = await registryFixture({ pageSize: 2 });
    for (const tag of ['a', 'b', 'c']) await repository.pushManifest(image.manifest, tag);
    registry.faults.push({ path: '/tags/' }, { path: '/tags/', status: 404 });
    await expect(repository.tags()).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['that go round in a circle', '</v2/app/tags/list?n=1000>; rel="next"', 'circle'],
    ['on another host', '<http://elsewhere.example/x>; rel="next"', 'another host'],
  ])('refuses pages %s', async (_, link, message) => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ status: 200, body: '{"tags":["a"]}', headers: { link }, times: 99 });
    await expect(repository.tags()).rejects.toThrowError(message);
  });

  it.each([true, false])('lists what refers to an image (with the API: %s)', async (referrers) => {
    const { repository } = await registryFixture({ referrers });
    await pushImage(repository, image, 'v1');
    const subject = image.manifest.descriptor;
    const artifacts = ['application/x.one', 'application/x.two'].map((artifactType) =>
      printManifest(MEDIA_TYPES.ociManifest, { artifactType, config: image.config.descriptor, layers: [], subject }),
    );
    for (const artifact of artifacts) await repository.pushManifest(artifact, undefined);
    for (const artifact of artifacts) await repository.pushManifest(artifact, undefined);
    const found = await repository.referrers(subject.digest);
    expect(found.map(({ digest }) => digest).sort()).toEqual(
      artifacts.map(({ descriptor }) => descriptor.digest).sort(),
    );
    const [two] = await repository.referrers(subject.digest, { artifactType: 'application/x.two' });
    expect(two?.digest).toBe(artifacts[1]?.descriptor.digest);
    expect(await repository.referrers(sha256Digest('nothing'))).toEqual([]);
  });

  it.each([400, 404, 405, 406, 501])('takes %i for a registry without the API of referrers', async (status) => {
    const { repository, registry } = await registryFixture({ referrers: false });
    await pushImage(repository, image, 'v1');
    const subject = image.manifest.descriptor;
    registry.faults.push({ path: '/referrers/', status, times: 9 });
    const fields = { artifactType: 'application/x.one', config: image.config.descriptor, layers: [], subject };
    const artifact = printManifest(MEDIA_TYPES.ociManifest, fields);
    await repository.pushManifest(artifact, undefined);
    expect((await repository.referrers(subject.digest)).map(({ digest }) => digest)).toEqual([
      artifact.descriptor.digest,
    ]);
  });
});

describe('proxies', () => {
  it('are taken from the environment, but for loopback and NO_PROXY', async () => {
    const asked: (string | undefined)[][] = [];
    const proxy = createServer((request: IncomingMessage, response) => {
      const { host, authorization, 'proxy-authorization': login } = request.headers;
      asked.push([request.url, host, login, authorization]);
      response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as { port: number };
    const env = { ...EMPTY_ENVIRONMENT, HTTP_PROXY: `http://me:secret@127.0.0.1:${port}`, NO_PROXY: 'direct.invalid' };
    const insecureRegistries = ['registry.invalid', 'direct.invalid'];
    const { client, repository } = await registryFixture({}, { env, insecureRegistries, retries: 0 });
    expect(await client.repository('registry.invalid/app').resolve('v1')).toBeUndefined();
    expect(await repository.resolve('v1')).toBeUndefined();
    await expect(client.repository('direct.invalid/app').resolve('v1')).rejects.toMatchObject({ code: 'unreachable' });
    const login = `Basic ${Buffer.from('me:secret').toString('base64')}`;
    expect(asked).toEqual([['http://registry.invalid/v2/app/manifests/v1', 'registry.invalid', login, undefined]]);
  });
});
