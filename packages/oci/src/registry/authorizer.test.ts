import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { buildImage, pushImage } from '../testing/image-builder.js';
import { EMPTY_ENVIRONMENT, registryFixture } from '../testing/registry-fixture.js';
import { startTestRegistry } from '../testing/test-registry.js';
import { createRegistryClient } from './client.js';

const image = buildImage({ layers: [[{ path: 'a', content: 'x' }]] });
/** A folder of Docker's configuration, and of the program that gives all credentials. */
async function folderWithHelper(script: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.json'), JSON.stringify({ credsStore: 'test' }));
  await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  return folder;
}

const tokenRequests = (requests: readonly { url: string }[]) => requests.filter(({ url }) => url.startsWith('/token'));

describe('authorization', () => {
  it('answers a Basic challenge', async () => {
    const { client, registry } = await registryFixture({ auth: 'basic' }, { login: true });
    await client.ping(registry.host);
    expect(registry.requests.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      `Basic ${Buffer.from('user:secret').toString('base64')}`,
    ]);
  });

  it('gets a token for the repository and what is done there, and keeps it', async () => {
    const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true });
    await pushImage(repository, image, 'v1');
    await repository.resolve('v1');
    await repository.tags();
    const asked = tokenRequests(registry.requests).map(({ url }) => new URL(url, 'http://x').searchParams);
    expect(asked.map((query) => query.getAll('scope'))).toEqual([
      ['repository:app:pull,push'],
      ['repository:app:pull'],
    ]);
    expect(asked[0]?.get('service')).toBe('test, registry');
    expect(asked[0]?.get('account')).toBe('user');
  });

  it.each([
    ['repository:app:pull', ['repository:app:pull']],
    ['repository:mirror/app:pull', ['repository:app:pull', 'repository:mirror/app:pull']],
    ['repository:host:5000/app:pull,delete', ['repository:app:pull', 'repository:host:5000/app:pull,delete']],
    ['repository:app:delete', ['repository:app:pull,delete']],
    ['aws', ['repository:app:pull', 'aws']],
  ])('asks for what a challenge names besides, too: %s', async (scope, scopes) => {
    const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true });
    const realm = `Bearer realm="http://${registry.host}/token",service="test, registry",scope="${scope}"`;
    registry.faults.push({ status: 401, headers: { 'www-authenticate': realm } });
    await repository.resolve('v1');
    const [asked] = tokenRequests(registry.requests).map(({ url }) => new URL(url, 'http://x').searchParams);
    expect(asked?.getAll('scope')).toEqual(scopes);
  });

  it('asks for one token where several requests want it at once', async () => {
    const { repository, registry, client } = await registryFixture({ auth: 'bearer' }, { login: true });
    await client.ping(registry.host);
    registry.requests.length = 0;
    await Promise.all(['a', 'b', 'c', 'd'].map((tag) => repository.resolve(tag)));
    expect(tokenRequests(registry.requests)).toHaveLength(1);
  });

  it('renews a token that ran out', async () => {
    let now = Date.now();
    const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true, now: () => now });
    await repository.resolve('v1');
    now += 295_000;
    await repository.resolve('v1');
    expect(tokenRequests(registry.requests)).toHaveLength(2);
  });

  it('renews a token that the registry forgot before its time', async () => {
    const { repository } = await registryFixture({ auth: 'bearer', expiresIn: 0.2 }, { login: true, now: () => 0 });
    await repository.resolve('v1');
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(await repository.resolve('v1')).toBeUndefined();
  });

  it('reads public repositories without credentials', async () => {
    const { repository } = await registryFixture({ auth: 'bearer', anonymousPull: true });
    expect(await repository.resolve('v1')).toBeUndefined();
    await expect(repository.pushManifest(image.manifest, 'v1')).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it.each(['basic', 'bearer'] as const)('says that there are no credentials (%s)', async (auth) => {
    const { repository, registry } = await registryFixture({ auth });
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'unauthorized',
      hint: expect.stringContaining(`docker login ${registry.host}`),
    });
  });

  it.each(['basic', 'bearer'] as const)(
    'says that the credentials were refused, without showing them (%s)',
    async (auth) => {
      const { repository } = await registryFixture({ auth, password: 'another' }, { login: true });
      const error = await repository.fetchManifest('v1').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'unauthorized', hint: expect.stringContaining('were refused') });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/secret|dXNlcj/);
    },
  );

  it('changes an identity token into an access token by POST', async () => {
    const registry = await startTestRegistry({ auth: 'bearer', identityToken: 'identity' });
    const folder = await folderWithHelper(`echo '{"Username":"<token>","Secret":"identity"}'`);
    const client = createRegistryClient({ env: { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` } });
    onTestFinished(async () => {
      await client.close();
      await registry.close();
    });
    await pushImage(client.repository(`${registry.host}/app`), image, 'v1');
    const [first] = tokenRequests(registry.requests);
    expect(first).toMatchObject({ method: 'POST', body: expect.stringContaining('grant_type=refresh_token') });
  });

  it('sends a registry token as it is', async () => {
    const env = { ...EMPTY_ENVIRONMENT, IMAGE_VERSIONS_REGISTRY_TOKEN: 'raw' };
    const { repository, registry } = await registryFixture({}, { env });
    await repository.resolve('v1');
    expect(registry.requests[0]?.headers.authorization).toBe('Bearer raw');
  });

  it('asks for no other token where a registry token is refused', async () => {
    const env = { ...EMPTY_ENVIRONMENT, IMAGE_VERSIONS_REGISTRY_TOKEN: 'raw' };
    const { repository, registry } = await registryFixture({ auth: 'bearer', anonymousPull: true }, { env });
    const answer = { code: 'unauthorized', message: expect.stringContaining('/v2/app/') };
    await expect(repository.resolve('v1')).rejects.toMatchObject(answer);
    await expect(repository.resolve('v1', { toPush: true })).rejects.toMatchObject(answer);
    expect(tokenRequests(registry.requests)).toEqual([]);
  });

  it('sends credentials to no other host, neither by redirect nor by name', async () => {
    const other = await startTestRegistry();
    onTestFinished(() => other.close());
    const { repository, registry, client } = await registryFixture(
      { auth: 'bearer', redirectBlobsTo: `http://${other.host}` },
      { login: true },
    );
    await pushImage(repository, image, 'v1');
    other.blobs.set('app', registry.blobs.get('app') ?? new Map());
    for await (const _ of await repository.fetchBlob(image.config.descriptor)) {
      // Read to its end.
    }
    await client.repository(`${other.host}/app`).resolve('v1');
    expect(other.requests.map(({ method, headers }) => [method, headers.authorization])).toEqual([
      ['GET', undefined],
      ['HEAD', undefined],
    ]);
  });

  it('logs in where strangers are told 404 or 403, with the challenge of the root', async () => {
    for (const status of [403, 404]) {
      const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true });
      await pushImage(repository, image, 'v1');
      const hiding = (request: { path: string; times?: number }) => registry.faults.push({ status, ...request });
      const { client } = await registryFixture({}, { login: true, credentialsHost: registry.host });
      hiding({ path: '/v2/app/', times: 2 });
      registry.requests.length = 0;
      const hidden = client.repository(`${registry.host}/app`);
      const found = await Promise.all(['v1', 'v1'].map((tag) => hidden.resolve(tag)));
      for (const there of found) expect(there?.digest).toBe(image.manifest.descriptor.digest);
      const [head, root] = ['HEAD /v2/app/manifests/v1', 'GET /v2/'];
      expect(registry.log()).toEqual([head, head, root, head, head]);
    }
  });

  it('asks the root once where there is no login, and never without credentials', async () => {
    const { repository, registry } = await registryFixture({}, { login: true });
    for (const tag of ['a', 'b']) expect(await repository.resolve(tag)).toBeUndefined();
    expect(registry.log().filter((line) => line === 'GET /v2/')).toHaveLength(1);
    const stranger = await registryFixture();
    await stranger.repository.resolve('a');
    expect(stranger.registry.log()).toEqual(['HEAD /v2/app/manifests/a']);
  });

  it('stops waiting for a token or for a credential helper that others wait for, too', async () => {
    const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true });
    registry.faults.push({ path: '/token', delayMs: 5000 });
    const helper = await folderWithHelper('sleep 5');
    const { client } = await registryFixture(
      {},
      { env: { DOCKER_CONFIG: helper, PATH: `${helper}:${process.env.PATH}` } },
    );
    for (const asked of [repository, client.repository('127.0.0.1:1/app')]) {
      const first = asked.resolve('a', { signal: AbortSignal.timeout(500) }).catch((error: unknown) => error);
      const began = Date.now();
      await new Promise((resolve) => setTimeout(resolve, 200));
      const second = asked.resolve('b', { signal: AbortSignal.timeout(100) });
      await expect(second).rejects.toMatchObject({ code: 'aborted' });
      expect(await first).toMatchObject({ code: 'aborted' });
      expect(Date.now() - began).toBeLessThan(3000);
    }
  });

  it('asks each service of its own where the repositories of a registry have several', async () => {
    const server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
      const [, area = ''] = /^\/v2\/(\w+)\/|^\/(\w+)\/token$/.exec(pathname)?.filter(Boolean) ?? [];
      if (pathname.endsWith('/token'))
        return void response.end(JSON.stringify({ token: `${area}-${searchParams.get('scope')}` }));
      const isKnown = request.headers.authorization?.startsWith(`Bearer ${area}-`) === true;
      const challenge = `Bearer realm="http://${request.headers.host}/${area}/token",service="s"`;
      response.writeHead(isKnown ? 404 : 401, { 'www-authenticate': challenge }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { client } = await registryFixture();
    const { port } = server.address() as AddressInfo;
    for (const name of ['one/app', 'two/app', 'one/app']) {
      expect(await client.repository(`127.0.0.1:${port}/${name}`).resolve('v1')).toBeUndefined();
    }
  });

  it('goes on without a mount where the other repository may not be read', async () => {
    const { repository, registry } = await registryFixture({ auth: 'bearer' }, { login: true });
    registry.faults.push({ method: 'POST', path: '/uploads/', status: 401, times: 2 });
    expect(await repository.mountBlob(image.config.descriptor, `${registry.host}/private`)).toBe(false);
  });
});
