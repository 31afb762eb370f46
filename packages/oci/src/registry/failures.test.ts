import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { oneChunk } from '../content/one-chunk.js';
import { blob } from '../testing/image-builder.js';
import { EMPTY_ENVIRONMENT, registryFixture } from '../testing/registry-fixture.js';
import { createRegistryClient } from './client.js';

describe('failures', () => {
  it('tells a login, a missing tag, a rate limit and an unreachable host apart', async () => {
    const { repository, registry, client } = await registryFixture();
    const code = (promise: Promise<unknown>) =>
      promise.then(
        () => 'none',
        (error: { code: string }) => error.code,
      );
    registry.faults.push({ path: 'login', status: 401, times: 9 }, { path: 'limit', status: 429, times: 9 });
    registry.faults.push({ path: 'mine', status: 403 }, { path: 'broken', status: 503, times: 9 });
    expect(await code(repository.fetchManifest('login'))).toBe('unauthorized');
    expect(await code(repository.fetchManifest('mine'))).toBe('forbidden');
    expect(await code(repository.fetchManifest('absent'))).toBe('not-found');
    expect(await code(repository.fetchManifest('limit'))).toBe('rate-limited');
    expect(await code(repository.fetchManifest('broken'))).toBe('unreachable');
    expect(await code(client.repository('127.0.0.1:1/app').fetchManifest('v1'))).toBe('unreachable');
    expect(await code(client.repository('no-such-host.invalid/app').fetchManifest('v1'))).toBe('unreachable');
  });

  it('never takes an error for "not there"', async () => {
    for (const status of [400, 401, 403, 429, 500, 503]) {
      const { repository, registry } = await registryFixture();
      registry.faults.push({ status, times: 99 });
      await expect(repository.resolve('v1')).rejects.toThrow();
      await expect(repository.hasBlob(blob('x', 'x').descriptor)).rejects.toThrow();
      await expect(repository.tags()).rejects.toThrow();
    }
  });

  it("says what was asked, and the registry's own words", async () => {
    const { repository, registry } = await registryFixture();
    const body = JSON.stringify({ errors: [{ code: 'DENIED', message: 'pay\u001b[31m first\nplease' }] });
    registry.faults.push({ status: 403, body });
    await expect(repository.fetchManifest('v1')).rejects.toThrowError(
      `manifest ${registry.host}/app:v1: GET http://${registry.host}/v2/app/manifests/v1 answered 403 (DENIED: pay [31m first please)`,
    );
  });

  it.each([{ login: true }, {}])('says that what may not be read may also not be there (%j)', async (how) => {
    const { repository, registry } = await registryFixture({}, how);
    registry.faults.push({ path: '/v2/app/', status: 401, times: 9 });
    const hint = expect.stringMatching(/docker login .* its name/);
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'unauthorized', hint });
  });

  it('says who refused where the registry sent the request on', async () => {
    const store = await registryFixture();
    const { repository, registry } = await registryFixture({}, { login: true });
    const location = `http://${store.registry.host}/blob?signature=secret`;
    registry.faults.push({ status: 307, headers: { location } });
    store.registry.faults.push({ status: 403, body: '<Error><Code>AccessDenied</Code></Error>' });
    const error = await repository.fetchBlob(blob('x', 'x').descriptor).catch((thrown: unknown) => thrown);
    const hint = expect.stringContaining(`${registry.host} sent this on to ${store.registry.host}`);
    expect(error).toMatchObject({ code: 'forbidden', hint });
    expect(`${error}${JSON.stringify(error)}`).not.toContain('secret');
  });

  it('says that a proxy may take no larger requests', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ method: 'PUT', status: 413 }, { method: 'PATCH', status: 413 });
    const { descriptor, bytes } = blob('x', 'x');
    await expect(repository.pushBlob(descriptor, () => oneChunk(bytes))).rejects.toMatchObject({
      code: 'limit',
      hint: expect.stringContaining('proxy'),
    });
  });

  it('says that a registry which takes no pushes may be a mirror', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ method: 'POST', status: 405 }, { method: 'PUT', status: 405 });
    const { descriptor, bytes } = blob('x', 'x');
    const hint = expect.stringMatching(/mirror.*read-only/);
    await expect(repository.pushBlob(descriptor, () => oneChunk(bytes))).rejects.toMatchObject({ hint });
    await expect(repository.pushManifest({ descriptor, bytes }, 'v1')).rejects.toMatchObject({ hint });
  });

  it('hints at TLS where plain HTTP is not understood', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ status: 400, times: 9 });
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'invalid',
      hint: expect.stringContaining('seems to speak HTTPS'),
    });
  });

  it('says that a registry may want a repository to be made before the first push', async () => {
    const { repository, registry } = await registryFixture();
    const body = JSON.stringify({ errors: [{ code: 'NAME_UNKNOWN', message: 'no such repository' }] });
    registry.faults.push({ method: 'POST', status: 404, body });
    const { descriptor, bytes } = blob('x', 'x');
    await expect(repository.pushBlob(descriptor, () => oneChunk(bytes))).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('NAME_UNKNOWN'),
      hint: expect.stringContaining(`${registry.host} may want the repository to be made`),
    });
  });

  it.each([499, 520, 522, 524])('tries again after %d, which proxies in front of registries answer', async (status) => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ status, times: 2 });
    expect(await repository.resolve('v1')).toBeUndefined();
  });

  it('reads an error body up to a limit, and cuts it', async () => {
    const { repository, registry } = await registryFixture();
    registry.faults.push({ status: 400, body: 'x'.repeat(5000) }, { status: 400, body: 'x'.repeat(5_000_000) });
    const first = await repository.fetchManifest('v1').catch((error: Error) => error.message);
    expect(first).toMatch(/\(x{500}…\)$/);
    const second = await repository.fetchManifest('v1').catch((error: Error) => error.message);
    expect(String(second).length).toBeLessThan(300);
  });

  it.each([429, 500, 502, 503, 504])('tries again after %d', async (status) => {
    const { repository, registry, pauses } = await registryFixture();
    registry.faults.push({ status, times: 2 });
    expect(await repository.resolve('v1')).toBeUndefined();
    expect(pauses).toEqual([250, 500]);
  });

  it('waits as long as Retry-After says', async () => {
    const { repository, registry, pauses } = await registryFixture(
      {},
      { now: () => Date.parse('2026-01-01T00:00:00Z') },
    );
    registry.faults.push({ status: 429, headers: { 'retry-after': '3' } });
    registry.faults.push({ status: 503, headers: { 'retry-after': 'Thu, 01 Jan 2026 00:00:08 GMT' } });
    await repository.resolve('v1');
    expect(pauses).toEqual([3000, 8000]);
  });

  it('does not wait for hours, and says when to come back', async () => {
    const { repository, registry, pauses } = await registryFixture();
    registry.faults.push({ status: 429, headers: { 'retry-after': '3600' } });
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'rate-limited',
      hint: expect.stringContaining('in 3600 s'),
    });
    expect(pauses).toEqual([]);
  });

  it('tries again after a reset connection', async () => {
    const { repository, registry, pauses } = await registryFixture();
    registry.faults.push({ cutAfterBytes: 'headers', times: 2 });
    expect(await repository.resolve('v1')).toBeUndefined();
    expect(pauses).toHaveLength(2);
  });

  it('gives up after its tries', async () => {
    const { repository, registry, pauses } = await registryFixture({}, { retries: 2 });
    registry.faults.push({ cutAfterBytes: 'headers', times: 99 });
    await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'unreachable' });
    expect(pauses).toHaveLength(2);
  });

  it('waits no longer than its time-outs', async () => {
    const { repository, registry } = await registryFixture({}, { headersTimeoutMs: 100 });
    registry.faults.push({ delayMs: 3000, times: 9 });
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no answer in time'),
    });
  });

  it('stops for an AbortSignal, on its way and while it waits', async () => {
    const { repository, registry } = await registryFixture(
      {},
      { sleep: (_, signal) => new Promise((_, reject) => signal?.addEventListener('abort', reject)) },
    );
    registry.faults.push({ delayMs: 5000 }, { status: 503 });
    for (const _ of ['on its way', 'while it waits']) {
      await expect(repository.resolve('v1', { signal: AbortSignal.timeout(100) })).rejects.toMatchObject({
        code: 'aborted',
      });
    }
  });

  it('says that something else than a registry answers', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end('SSH-2.0-OpenSSH_9.2\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const client = createRegistryClient({ env: EMPTY_ENVIRONMENT, retries: 0 });
    await expect(client.repository(`127.0.0.1:${port}/app`).fetchManifest('v1')).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('does not wait for the end of an answer that it has no use for', async () => {
    const server = createHttpServer((_, response) => {
      const more = () => response.destroyed || response.write('x'.repeat(16_384), () => setImmediate(more));
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const client = createRegistryClient({ env: EMPTY_ENVIRONMENT });
    await client.ping(`127.0.0.1:${(server.address() as { port: number }).port}`);
  });

  it('hints at plain HTTP where TLS meets none', async () => {
    const { registry } = await registryFixture();
    const port = registry.host.split(':')[1];
    const client = createRegistryClient({ env: EMPTY_ENVIRONMENT, retries: 0 });
    // A name that is not loopback by its looks, so that HTTPS is spoken.
    await expect(client.ping(`0x7f.1:${port}`)).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('IMAGE_VERSIONS_INSECURE_REGISTRIES'),
    });
  });

  it('hints at the certificate where a registry on this machine speaks the other of HTTP and HTTPS', async () => {
    const { registry } = await registryFixture();
    const tls = new Map([[registry.host, { isChecked: false }]]);
    const encrypted = createRegistryClient({ env: EMPTY_ENVIRONMENT, retries: 0, tls });
    await expect(encrypted.ping(registry.host)).rejects.toMatchObject({
      message: expect.stringMatching(/: the answer is no TLS$/),
      hint: expect.stringContaining('no option for its certificate'),
    });
    const server = createHttpServer((_, response) => {
      response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const client = createRegistryClient({ env: EMPTY_ENVIRONMENT, retries: 0 });
    await expect(client.repository(`127.0.0.1:${port}/app`).fetchManifest('v1')).rejects.toMatchObject({
      hint: expect.stringContaining('seems to speak HTTPS'),
    });
  });

  it('has no more requests on their way than its limit', async () => {
    const { repository, registry } = await registryFixture({}, { concurrency: 3 });
    registry.faults.push({ delayMs: 30, times: 99 });
    let [onTheirWay, most] = [0, 0];
    const counting = createRegistryClient({
      env: EMPTY_ENVIRONMENT,
      concurrency: 3,
      onRequest: () => {
        onTheirWay += 1;
        most = Math.max(most, onTheirWay);
      },
    });
    const limited = counting.repository(repository.name);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        limited.resolve(`t${i}`).finally(() => {
          onTheirWay -= 1;
        }),
      ),
    );
    await counting.close();
    expect(most).toBe(3);
  });

  it('copies between repositories with all slots in use', async () => {
    const { client, registry } = await registryFixture({}, { concurrency: 1, uploads: 4 });
    const from = client.repository(`${registry.host}/from`);
    const to = client.repository(`${registry.host}/to`);
    const blobs = Array.from({ length: 6 }, (_, i) => blob('x', `blob ${i}`));
    for (const { descriptor, bytes } of blobs) await from.pushBlob(descriptor, () => oneChunk(bytes));
    const copy = ({ descriptor }: (typeof blobs)[number]) =>
      to.pushBlob(descriptor, async function* () {
        yield* await from.fetchBlob(descriptor);
      });
    await Promise.all(blobs.map(copy));
    expect(registry.blobs.get('to')?.size).toBe(6);
  });
});
