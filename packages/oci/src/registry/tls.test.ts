import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { oneChunk } from '../content/one-chunk.js';
import { blob } from '../testing/image-builder.js';
import { EMPTY_ENVIRONMENT } from '../testing/registry-fixture.js';
import { createRegistryClient } from './client.js';
import type { RegistryTls } from './options.js';

let folder: string;
let server: Server;
let host: string;
let certificates: string;
let key: Buffer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'registry-tls-'));
  const [keyFile, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...[
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,DNS:registry.invalid',
      '-keyout',
      keyFile,
      '-out',
      cert,
    ],
  ]);
  if (made.status !== 0) throw new Error(`openssl could not make a certificate: ${made.error ?? made.stderr}`);
  certificates = readFileSync(cert, 'utf8');
  key = readFileSync(keyFile);
  server = createServer({ key, cert: certificates }, (_, response) => response.end('{}'));
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  host = `localhost:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

async function ping(tls: RegistryTls, name = host, env = {}): Promise<void> {
  const client = createRegistryClient({ env, retries: 0, tls: new Map([[name.toUpperCase(), tls]]) });
  try {
    await client.ping(name);
  } finally {
    await client.close();
  }
}

describe('a registry with a certificate of its own', () => {
  it('is refused', async () => {
    const hint = expect.stringContaining('NODE_EXTRA_CA_CERTS');
    await expect(ping({})).rejects.toMatchObject({ code: 'unreachable', hint });
  });

  it('is taken where its certificate is trusted', async () => {
    await ping({ certificates });
  });

  it('is taken where the check is off for it', async () => {
    await ping({ isChecked: false });
  });
});

describe('a registry behind a proxy', () => {
  /** A proxy that fails so, and then leads everyone with the right password to the registry; its address, and what it was asked for. */
  async function startProxy(...failures: string[]): Promise<{ at: string; asked: (string | undefined)[] }> {
    const asked: (string | undefined)[] = [];
    const proxy = createHttpServer();
    proxy.on('connect', ({ url, headers }, socket) => {
      asked.push(url);
      const failure = failures.shift();
      if (failure !== undefined) return socket.end(`HTTP/1.1 ${failure}\r\n\r\n`);
      const isKnown = headers['proxy-authorization'] === `Basic ${Buffer.from('me:secret').toString('base64')}`;
      if (!isKnown) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      const registry = connect({ port: Number(host.split(':')[1]), host: 'localhost' }, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        socket.pipe(registry).pipe(socket);
      });
      for (const end of [socket, registry]) end.on('error', () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    return { at: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, asked };
  }

  it('is asked through a tunnel, its certificate checked', async () => {
    const { at, asked } = await startProxy();
    const env = { HTTPS_PROXY: `http://me:secret@${at}` };
    await ping({ certificates }, 'registry.invalid', env);
    await expect(ping({}, 'registry.invalid', env)).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked).toEqual(['registry.invalid:443', 'registry.invalid:443']);
  });

  it('is asked again through the same tunnel', async () => {
    const { at, asked } = await startProxy();
    const tls = new Map([['registry.invalid', { certificates }]]);
    const client = createRegistryClient({ env: { HTTPS_PROXY: `http://me:secret@${at}` }, tls });
    onTestFinished(() => client.close());
    for (let time = 0; time < 3; time++) await client.ping('registry.invalid');
    expect(asked).toHaveLength(1);
  });

  it('is asked through its tunnel by a client that asked another directly', async () => {
    const { at, asked } = await startProxy();
    const tls = new Map([host, 'registry.invalid'].map((name) => [name, { certificates }]));
    const client = createRegistryClient({ env: { HTTPS_PROXY: `http://me:secret@${at}` }, tls });
    onTestFinished(() => client.close());
    for (const name of tls.keys()) await client.ping(name);
    expect(asked).toEqual(['registry.invalid:443']);
  });

  it('is refused where another answers in its place', async () => {
    const { at } = await startProxy();
    const asked = ping({ certificates }, 'other.invalid', { HTTPS_PROXY: `http://me:secret@${at}` });
    await expect(asked).rejects.toMatchObject({
      code: 'unreachable',
      hint: expect.stringContaining('The certificate is for other hosts: is other.invalid'),
    });
  });

  it.each(['docker.io', 'registry.invalid:443'])('has the checks that are named for %s', async (name) => {
    const { at, asked } = await startProxy();
    await ping({ isChecked: false }, name, { HTTPS_PROXY: `http://me:secret@${at}` });
    expect(asked).toHaveLength(1);
  });

  it('is asked again where the proxy fails in passing', async () => {
    const { at, asked } = await startProxy('502 Bad Gateway', '503 Busy');
    const env = { HTTPS_PROXY: `http://me:secret@${at}` };
    const tls = new Map([['registry.invalid', { certificates }]]);
    const client = createRegistryClient({ env, tls, sleep: async () => {} });
    onTestFinished(() => client.close());
    await client.ping('registry.invalid');
    expect(asked).toHaveLength(3);
  });

  it('is waited for no longer than the caller wants where the proxy does not answer', async () => {
    const stop = new AbortController();
    const proxy = createTcpServer((socket) => {
      socket.resume().once('close', () => proxy.close());
      stop.abort();
    });
    const closed = new Promise((resolve) => proxy.once('close', resolve));
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const env = { HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
    const client = createRegistryClient({ env });
    const asked = client.ping('registry.invalid', { signal: stop.signal });
    await expect(asked).rejects.toMatchObject({ code: 'aborted' });
    await closed;
  });

  it('is not reached where the proxy lets nobody through', async () => {
    const { at } = await startProxy();
    const refused = ping({ certificates }, 'registry.invalid', { HTTPS_PROXY: `http://me:wrong@${at}` });
    await expect(refused).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/registry\.invalid\/v2\/: the proxy answered 407$/),
      hint: expect.stringContaining('user and password'),
    });
  });
});

describe('a registry on a slow line', () => {
  it('is waited for as long as a chunk moves', async () => {
    const size = 32 * 1024 * 1024;
    const { descriptor, bytes } = blob('application/octet-stream', Buffer.alloc(size));
    let received = 0;
    const slow = createServer({ key, cert: certificates }, async (request, response) => {
      for await (const piece of request) {
        received += (piece as Buffer).byteLength;
        if (received % (1024 * 1024) < 65_536) await wait(40);
      }
      const status = { HEAD: 404, POST: 202, PATCH: 202 }[request.method as string] ?? 201;
      response.writeHead(status, { location: '/v2/app/blobs/uploads/1' }).end();
    });
    await new Promise<void>((resolve) => slow.listen(0, 'localhost', resolve));
    onTestFinished(() => void slow.close());
    const name = `localhost:${(slow.address() as AddressInfo).port}`;
    const client = createRegistryClient({
      env: EMPTY_ENVIRONMENT,
      tls: new Map([[name, { certificates }]]),
      headersTimeoutMs: 1000,
      retries: 0,
      chunkedAboveBytes: 0,
      chunkBytes: size,
    });
    onTestFinished(() => client.close());
    const began = Date.now();
    await client.repository(`${name}/app`).pushBlob(descriptor, () => oneChunk(bytes));
    expect(received).toBe(size);
    expect(Date.now() - began).toBeGreaterThan(1000);
  });
});
