import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
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
