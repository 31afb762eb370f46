import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { engineAddresses, networkAddress } from './engine-address.js';
import { engineConnection } from './engine-connection.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'engine-address-'));
});
afterEach(() => rm(home, { recursive: true }));

async function writeContext(name: string, endpoint: Record<string, unknown>, tls: readonly string[] = []) {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = join(home, '.docker/contexts/meta', id);
  await mkdir(meta, { recursive: true });
  await writeFile(join(meta, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: endpoint } }));
  for (const file of tls) {
    await mkdir(join(home, '.docker/contexts/tls', id, 'docker'), { recursive: true });
    await writeFile(join(home, '.docker/contexts/tls', id, 'docker', file), file);
  }
}

const addresses = (env: Record<string, string>) => engineAddresses({ HOME: home, ...env }, 'linux');

describe('the address of the engine', () => {
  test('is DOCKER_HOST before all else', async () => {
    await writeContext('build', { Host: 'tcp://build:2375' });
    const env = { DOCKER_HOST: 'ssh://me@build', DOCKER_CONTEXT: 'build' };
    expect(await addresses(env)).toEqual([{ url: 'ssh://me@build', from: 'DOCKER_HOST', tls: undefined }]);
  });

  test('is a context from DOCKER_CONTEXT or from the Docker config, with its certificates', async () => {
    await writeContext('build', { Host: 'tcp://build:2376' }, ['ca.pem', 'cert.pem', 'key.pem']);
    const expected = {
      url: 'tcp://build:2376',
      from: 'context build',
      tls: { verify: true, ca: Buffer.from('ca.pem') },
    };
    expect(await addresses({ DOCKER_CONTEXT: 'build' })).toMatchObject([expected]);
    await writeFile(join(home, '.docker/config.json'), '{"currentContext": "build"}');
    expect(await addresses({})).toMatchObject([expected]);
    expect(await addresses({ DOCKER_CONTEXT: 'default' })).toHaveLength(4);
  });

  test('a context that is not there is an error that names it', async () => {
    await expect(addresses({ DOCKER_CONTEXT: 'nope' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('nope'),
    });
  });

  test('else the sockets are tried, Podman last', async () => {
    const urls = (await addresses({ XDG_RUNTIME_DIR: '/run/user/7' })).map(({ url }) => url);
    expect(urls[0]).toBe('unix:///var/run/docker.sock');
    expect(urls.slice(-3)).toEqual([
      'unix:///run/user/7/docker.sock',
      'unix:///run/user/7/podman/podman.sock',
      'unix:///run/podman/podman.sock',
    ]);
    expect((await engineAddresses({ HOME: home }, 'win32'))[0]?.url).toBe('npipe:////./pipe/docker_engine');
  });

  test("TLS takes a client's certificate where there is one, and an authority where it is to check", async () => {
    const env = { DOCKER_HOST: 'build:2376', DOCKER_CERT_PATH: home };
    const none = { cert: undefined, key: undefined };
    expect(await addresses({ ...env, DOCKER_TLS: '1' })).toMatchObject([
      { tls: { verify: false, ca: undefined, ...none } },
    ]);
    await writeFile(join(home, 'ca.pem'), 'ca.pem');
    const checked = { verify: true, ca: Buffer.from('ca.pem'), ...none };
    expect(await addresses({ ...env, DOCKER_TLS_VERIFY: '1' })).toMatchObject([{ tls: checked }]);
    await mkdir(join(home, 'key.pem'));
    await expect(addresses({ ...env, DOCKER_TLS_VERIFY: '1' })).rejects.toThrow(/key\.pem, which can't be read/);
  });

  test('TLS is on by DOCKER_TLS_VERIFY, and then the certificates must be there', async () => {
    const env = { DOCKER_HOST: 'build:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
    await expect(addresses(env)).rejects.toMatchObject({
      code: 'invalid',
      hint: expect.stringContaining('DOCKER_CERT_PATH'),
    });
    for (const file of ['ca.pem', 'cert.pem', 'key.pem']) await writeFile(join(home, file), file);
    expect(await addresses(env)).toMatchObject([
      { url: 'tcp://build:2376', tls: { verify: true, key: Buffer.from('key.pem') } },
    ]);
    expect(await addresses({ DOCKER_HOST: 'tcp://build' })).toMatchObject([{ tls: undefined }]);
  });
});

describe('a request to an address', () => {
  function begin(url: string) {
    const request = engineConnection(
      { url, from: 'DOCKER_HOST', tls: undefined },
      {},
    )({
      method: 'GET',
      path: '/version',
      headers: {},
    });
    request.on('error', () => {});
    request.destroy();
    const { protocol, path, socketPath } = request as typeof request & { readonly socketPath?: string };
    return { protocol, host: request.getHeader('host'), path, socketPath };
  }

  test.each([
    ['unix:///run/docker.sock', { socketPath: '/run/docker.sock', path: '/version', protocol: 'http:' }],
    ['npipe:////./pipe/docker_engine', { socketPath: '//./pipe/docker_engine' }],
    ['tcp://build', { host: 'build:2375', path: '/version', protocol: 'http:', socketPath: undefined }],
    ['tcp://build:99/engine', { host: 'build:99', path: '/engine/version' }],
    ['tcp://[::1]:99', { host: '[::1]:99' }],
    ['https://build', { host: 'build:2376', protocol: 'https:' }],
  ])('%s', (url, expected) => {
    expect(begin(url)).toMatchObject(expected);
  });

  test.each([
    ['tcp://build', undefined, { host: 'build', port: 2375, isSecure: false }],
    ['tcp://build', { verify: true, ca: undefined, cert: undefined, key: undefined }, { port: 2376, isSecure: true }],
    ['https://build:99', undefined, { port: 99, isSecure: true }],
    ['ssh://me@[fd12::1]', undefined, { host: 'fd12::1' }],
  ])('%s with TLS %j goes to %j', (url, tls, expected) => {
    expect(networkAddress(new URL(url), tls)).toMatchObject(expected);
  });

  test.each(['ftp://build', 'unix', 'tcp://'])('%s is not an address', (url) => {
    expect(() => begin(url)).toThrow(/not the address of an engine/);
  });

  test.each(['tcp://me:hunter2@build', 'ssh://me:hunter2@build', 'tcp://me:hunt@hunter2@build:x'])(
    'a password in it is refused and not shown (%#)',
    (url) => {
      expect(() => begin(url)).toThrow(/^The address of the engine \(\w+\) has a password in it\.$/);
    },
  );
});
