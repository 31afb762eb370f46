import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRegistryClient } from './client.js';
import type { RegistryTls } from './options.js';

let folder: string;
let server: Server;
let host: string;
let certificates: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,DNS:registry.invalid',
      '-keyout',
      key,
      '-out',
      cert,
    ],
  ]);
  if (made.status !== 0) throw new Error(`openssl could not make a certificate: ${made.error ?? made.stderr}`);
  certificates = readFileSync(cert, 'utf8');
  server = createServer({ key: readFileSync(key), cert: certificates }, (_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  host = `localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function ping(tls: RegistryTls): Promise<void> {
  const client = createRegistryClient({ env: {}, retries: 0, tls: new Map([[host.toUpperCase(), tls]]) });
  try {
    await client.ping(host);
  } finally {
    await client.close();
  }
}

describe('a registry with a certificate of its own', () => {
  it('is refused', async () => {
    await expect(ping({})).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('is taken where its certificate is trusted', async () => {
    await ping({ certificates });
  });

  it('is taken where the check is off for it', async () => {
    await ping({ isChecked: false });
  });
});

describe('a registry behind a proxy', () => {
  /** A proxy that takes every name for the server above, once it has refused so often, and what was asked of it. */
  async function startProxy(...refusals: string[]): Promise<{ url: string; asked: unknown[] }> {
    const asked: unknown[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', (request, socket) => {
      asked.push([request.url, request.headers['proxy-authorization'], request.headers.authorization]);
      const refusal = refusals.shift();
      if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal}\r\n\r\n`);
      const server = connect(Number(host.split(':')[1]), 'localhost', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
      server.pipe(socket).pipe(server);
      for (const end of [server, socket]) end.on('error', () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void proxy.close());
    return { url: `http://me:pw@127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  it.each([{ HTTPS_PROXY: true }, { https_proxy: true }])('is asked by HTTPS through it (%j)', async (names) => {
    const { url, asked } = await startProxy();
    const env = Object.fromEntries(Object.keys(names).map((name) => [name, url]));
    const tls = new Map([['registry.invalid', { certificates }]]);
    const client = createRegistryClient({ env, retries: 0, tls });
    onTestFinished(() => client.close());
    await client.ping('registry.invalid');
    await expect(client.ping('another.invalid')).rejects.toMatchObject({
      facts: { reason: expect.stringMatching(/CERT|SELF_SIGNED/) },
    });
    const authorization = `Basic ${Buffer.from('me:pw').toString('base64')}`;
    expect(asked).toEqual([
      ['registry.invalid:443', authorization, undefined],
      ['another.invalid:443', authorization, undefined],
    ]);
  });

  it.each(['docker.io', 'registry.invalid:443'])('has the checks that are named for %s', async (name) => {
    const { url, asked } = await startProxy();
    const tls = new Map([[name, { isChecked: false }]]);
    const client = createRegistryClient({ env: { HTTPS_PROXY: url }, retries: 0, tls });
    onTestFinished(() => client.close());
    await client.ping(name);
    expect(asked).toHaveLength(1);
  });

  it('is asked again where the proxy fails in passing', async () => {
    const { url, asked } = await startProxy('502 Bad Gateway', '503 Busy');
    const tls = new Map([['registry.invalid', { certificates }]]);
    const client = createRegistryClient({ env: { HTTPS_PROXY: url }, tls, sleep: async () => {} });
    onTestFinished(() => client.close());
    await client.ping('registry.invalid');
    expect(asked).toHaveLength(3);
  });

  it('says that the proxy wants to know who asks, without showing who did', async () => {
    const { url } = await startProxy('407 No');
    const client = createRegistryClient({ env: { HTTPS_PROXY: url }, retries: 0 });
    onTestFinished(() => client.close());
    const error = await client.ping('registry.invalid').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('407'),
      hint: expect.stringContaining('user and password'),
    });
    expect(String(error)).not.toContain('me:pw');
  });
});
