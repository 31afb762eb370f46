import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { engineListens } from './engine-listens.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'engine-listens-'));
  folders.push(folder);
  return join(folder, 'engine.sock');
}

test('a socket that accepts connections is there', async () => {
  const path = await socketPath();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  expect(await engineListens({ DOCKER_HOST: `unix://${path}` })).toBe(true);
  await new Promise((resolve) => server.close(resolve));
});

test('a socket that is not there, a closed port, and settings that can not be read are not', async () => {
  expect(await engineListens({ DOCKER_HOST: `unix://${await socketPath()}` })).toBe(false);
  expect(await engineListens({ DOCKER_HOST: 'tcp://127.0.0.1:1' })).toBe(false);
  expect(await engineListens({ DOCKER_HOST: 'tcp://127.0.0.1:99999' })).toBe(false);
  expect(await engineListens({ DOCKER_CONTEXT: 'nobody-made-this', HOME: '/nonexistent' })).toBe(false);
});

test('an address by SSH is taken as there', async () => {
  expect(await engineListens({ DOCKER_HOST: 'ssh://me@build-1' })).toBe(true);
});
