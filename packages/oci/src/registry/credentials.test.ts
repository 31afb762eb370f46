import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createCredentialsLookup } from './credentials.js';
import type { Environment } from './options.js';

const auth = (text: string) => Buffer.from(text).toString('base64');

/** A folder with a Docker config, and helpers that answer by shell script. */
async function dockerFolder(
  config: unknown,
  helpers: Record<string, string> = {},
): Promise<Environment & { folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  for (const [name, script] of Object.entries(helpers)) {
    const path = join(folder, `docker-credential-${name}`);
    await writeFile(path, `#!/bin/sh\ncd '${folder}'\n${script}\n`);
    await chmod(path, 0o755);
  }
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}`, folder };
}

const lookup = (env: Environment, host: string, credentialsHost?: string) =>
  createCredentialsLookup({ env, credentialsHost })(host);

describe("credentials from Docker's config", () => {
  it.each([
    ['ghcr.io', { 'ghcr.io': { auth: auth('me:pa:ss') } }],
    ['ghcr.io', { 'https://ghcr.io/v1/': { auth: auth('me:pa:ss') } }],
    ['localhost:5000', { 'localhost:5000': { auth: auth('me:pa:ss') } }],
    ['docker.io', { 'https://index.docker.io/v1/': { auth: auth('me:pa:ss') } }],
    ['ghcr.io', { 'ghcr.io': { username: 'me', password: 'pa:ss' } }],
  ])('are found for %s in %j', async (host, auths) => {
    expect(await lookup(await dockerFolder({ auths }), host)).toEqual({
      kind: 'basic',
      username: 'me',
      password: 'pa:ss',
    });
  });

  it('are not given to another host or port', async () => {
    const env = await dockerFolder({
      auths: { 'ghcr.io': { auth: auth('a:b') }, 'localhost:5000': { auth: auth('a:b') } },
    });
    for (const host of ['evil-ghcr.io', 'ghcr.io.example', 'localhost', 'localhost:5001', 'io']) {
      expect(await lookup(env, host)).toBeUndefined();
    }
  });

  it('may be identity tokens or bearer tokens', async () => {
    const env = await dockerFolder({
      auths: { a: { auth: auth('x:'), identitytoken: 'id' }, b: { registrytoken: 'raw' } },
    });
    expect(await lookup(env, 'a')).toEqual({ kind: 'identity-token', token: 'id' });
    expect(await lookup(env, 'b')).toEqual({ kind: 'bearer', token: 'raw' });
  });

  it('are an error if a token can not be sent, without the token in the message', async () => {
    const env = await dockerFolder({ auths: { b: { registrytoken: 'secret token' } } });
    const error = await lookup(env, 'b').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('registrytoken for b') });
    expect(String(error)).not.toContain('secret');
    const cut = { IMAGE_VERSIONS_REGISTRY_TOKEN: 'secret\n', IMAGE_VERSIONS_REGISTRY_HOST: 'ghcr.io' };
    expect(() => createCredentialsLookup({ env: cut })).toThrow(/^IMAGE_VERSIONS_REGISTRY_TOKEN: .*line end/);
  });

  it('are none without a file', async () => {
    expect(await lookup({ DOCKER_CONFIG: '/nonexistent' }, 'ghcr.io')).toBeUndefined();
  });

  it('are an error if the file is broken, without its content in the message', async () => {
    const error = await lookup(await dockerFolder('{"auths": secret'), 'ghcr.io').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'invalid', message: expect.stringContaining('config.json') });
    expect(String(error)).not.toContain('secret');
  });

  it('are an error if an entry is none, without the password in the message', async () => {
    const env = await dockerFolder({ auths: { 'ghcr.io': auth('me:secret') } });
    const error = await lookup(env, 'ghcr.io').catch((thrown: Error) => thrown);
    expect(error).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('auths.ghcr.io: expected Object, got string'),
    });
    expect(String(error)).not.toContain(auth('me:secret'));
  });

  it('come from the helper of the host, else from the store, and then from auths', async () => {
    const helper = (user: string) => `cat > "asked-${user}"; echo '{"Username":"${user}","Secret":"s"}'`;
    const env = await dockerFolder(
      { credHelpers: { 'ghcr.io': 'one' }, credsStore: 'two', auths: { 'third.example': { auth: auth('me:x') } } },
      {
        one: helper('one'),
        two: `read host; case $host in third*) echo 'credentials not found in native keychain'; exit 1;; esac; echo '{"Username":"<token>","Secret":"id"}'`,
      },
    );
    expect(await lookup(env, 'ghcr.io')).toEqual({ kind: 'basic', username: 'one', password: 's' });
    expect(await readFile(join(env.folder, 'asked-one'), 'utf8')).toBe('ghcr.io');
    expect(await lookup(env, 'docker.io')).toEqual({ kind: 'identity-token', token: 'id' });
    expect(await lookup(env, 'third.example')).toMatchObject({ username: 'me' });
  });

  it('ask a helper for Docker Hub by the key that Docker uses', async () => {
    const env = await dockerFolder({ credsStore: 'x' }, { x: `cat > asked; echo '{"Username":"u","Secret":"s"}'` });
    await lookup(env, 'docker.io');
    expect(await readFile(join(env.folder, 'asked'), 'utf8')).toBe('https://index.docker.io/v1/');
  });

  it('never run a helper through a shell, nor one outside of PATH', async () => {
    for (const name of ['x; touch pwned', '../x', '/bin/sh', '$(touch pwned)']) {
      await expect(lookup(await dockerFolder({ credsStore: name }), 'ghcr.io')).rejects.toMatchObject({
        code: 'invalid',
      });
    }
  });

  it.each([
    ['that is missing', {}, /could not be run/],
    ['that fails', { x: 'echo "no keyring"; exit 2' }, /ended with code 2 \(no keyring\)/],
    ['that answers something else', { x: 'echo "{}"' }, /the answer of docker-credential-x/],
  ])('say what is wrong with a helper %s', async (_, helpers, message) => {
    const env = await dockerFolder({ credsStore: 'x' }, helpers);
    await expect(lookup(env, 'ghcr.io')).rejects.toThrowError(message);
  });
});

describe("credentials from Podman's files", () => {
  const fileOf = (user: string, ...hosts: string[]) =>
    JSON.stringify({ auths: Object.fromEntries(hosts.map((host) => [host, { auth: auth(`${user}:p`) }])) });

  /** A home with these files, and the environment of who lives there. */
  async function home(files: Record<string, string>): Promise<Environment & { folder: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'image-versions-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    return { HOME: folder, XDG_RUNTIME_DIR: join(folder, 'run'), folder };
  }

  it("are found where Docker's config has none, of the session before those that last", async () => {
    const env = await home({
      '.docker/config.json': fileOf('docker', 'a.example'),
      'run/containers/auth.json': fileOf('session', 'a.example', 'b.example'),
      '.config/containers/auth.json': fileOf('lasting', 'b.example', 'c.example', 'docker.io'),
    });
    const hosts = ['a.example', 'b.example', 'c.example', 'docker.io', 'd.example'];
    const found = await Promise.all(hosts.map((host) => lookup(env, host)));
    expect(found.map((one) => one?.kind === 'basic' && one.username)).toEqual([
      ...['docker', 'session', 'lasting', 'lasting'],
      false,
    ]);
  });

  it('are those of REGISTRY_AUTH_FILE before all others', async () => {
    const files = { '.docker/config.json': fileOf('docker', 'a.example'), mine: fileOf('mine', 'a.example') };
    const env = await home(files);
    const named = { ...env, REGISTRY_AUTH_FILE: join(env.folder, 'mine') };
    expect(await lookup(named, 'a.example')).toMatchObject({ username: 'mine' });
  });

  it('are left alone where DOCKER_CONFIG says where credentials are', async () => {
    const env = await home({ 'run/containers/auth.json': '{"auths": broken' });
    expect(await lookup({ ...env, DOCKER_CONFIG: env.folder }, 'a.example')).toBeUndefined();
    await expect(lookup(env, 'a.example')).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('run/containers/auth.json'),
    });
  });
});

describe('credentials from the environment', () => {
  const env = {
    DOCKER_CONFIG: '/nonexistent',
    IMAGE_VERSIONS_REGISTRY_USERNAME: 'ci',
    IMAGE_VERSIONS_REGISTRY_PASSWORD: 'p',
  };

  it('are for one host only', async () => {
    expect(await lookup(env, 'ghcr.io', 'ghcr.io')).toEqual({ kind: 'basic', username: 'ci', password: 'p' });
    expect(await lookup(env, 'docker.io', 'ghcr.io')).toBeUndefined();
  });

  it('are for IMAGE_VERSIONS_REGISTRY_HOST where that is set, whatever the caller names', async () => {
    const named = { ...env, IMAGE_VERSIONS_REGISTRY_HOST: 'quay.io' };
    expect(await lookup(named, 'quay.io', 'ghcr.io')).toMatchObject({ username: 'ci' });
    expect(await lookup(named, 'ghcr.io', 'ghcr.io')).toBeUndefined();
  });

  it('may be a token', async () => {
    const token = { DOCKER_CONFIG: '/nonexistent', IMAGE_VERSIONS_REGISTRY_TOKEN: 't' };
    expect(await lookup(token, 'ghcr.io', 'ghcr.io')).toEqual({ kind: 'bearer', token: 't' });
  });

  it('are an error where nothing says for which host, or half is missing', () => {
    expect(() => lookup(env, 'ghcr.io')).toThrowError(
      expect.objectContaining({ code: 'invalid', hint: expect.stringContaining('IMAGE_VERSIONS_REGISTRY_HOST') }),
    );
    expect(() => lookup({ IMAGE_VERSIONS_REGISTRY_USERNAME: 'ci' }, 'a', 'a')).toThrowError(/_PASSWORD is missing/);
  });

  it('are an error where they are for what is no host, and would be for none', () => {
    for (const host of ['https://ghcr.io', 'ghcr.io/acme']) {
      const named = { ...env, IMAGE_VERSIONS_REGISTRY_HOST: host };
      expect(() => lookup(named, 'ghcr.io')).toThrowError(expect.objectContaining({ code: 'invalid' }));
    }
  });
});
