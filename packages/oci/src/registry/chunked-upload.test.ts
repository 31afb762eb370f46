import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { oneChunk } from '../content/one-chunk.js';
import { blob } from '../testing/image-builder.js';
import { EMPTY_ENVIRONMENT, registryFixture } from '../testing/registry-fixture.js';
import { createRegistryClient } from './client.js';

const large = blob('application/octet-stream', Buffer.alloc(100_000, 'large blob '));
const inChunks = { chunkedAboveBytes: 0, chunkBytes: 40_000 };

it.each([201, 204])('takes a chunk that is answered with %i, as Amazon ECR and Pulp do', async (status) => {
  const { repository, registry } = await registryFixture({ chunkStatus: status }, inChunks);
  await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
  expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
});

it('sends of a chunk that arrived in part only the rest', async () => {
  const { repository, registry } = await registryFixture({}, inChunks);
  registry.faults.push({ method: 'PATCH' }, { method: 'PATCH', keepBytes: 15_000 });
  let opened = 0;
  await repository.pushBlob(large.descriptor, () => {
    opened += 1;
    return oneChunk(large.bytes);
  });
  expect(opened).toBe(1);
  const ranges = registry.requests.map(({ headers }) => headers['content-range']).filter(Boolean);
  expect(ranges).toEqual(['0-39999', '40000-79999', '55000-79999', '80000-99999']);
});

it('begins anew where the registry has less than it said that it took', async () => {
  const { repository, registry } = await registryFixture({}, inChunks);
  const headers = { range: '0-0', location: '/v2/app/blobs/uploads/1' };
  registry.faults.push({ method: 'PATCH' }, { method: 'PATCH', status: 503 });
  registry.faults.push({ method: 'GET', path: '/uploads/', status: 204, headers });
  await repository.pushBlob(large.descriptor, () => oneChunk(large.bytes));
  expect(registry.log().filter((line) => line.startsWith('POST'))).toHaveLength(2);
  expect(registry.blobs.get('app')?.has(large.descriptor.digest)).toBe(true);
});

it('waits for a chunk on a slow line for as long as it moves', async () => {
  const size = 32 * 1024 * 1024;
  const slow = blob('application/octet-stream', Buffer.alloc(size));
  let received = 0;
  const readSlowly = async (request: IncomingMessage) => {
    for await (const bytes of request) {
      received += (bytes as Buffer).byteLength;
      if (received % (1024 * 1024) < 65_536) await wait(25);
    }
  };
  const server = createServer(async (request, response) => {
    await readSlowly(request);
    const status = { HEAD: 404, POST: 202, PATCH: 202 }[request.method as string] ?? 201;
    response.writeHead(status, { location: '/v2/app/blobs/uploads/1' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = createRegistryClient({
    env: EMPTY_ENVIRONMENT,
    headersTimeoutMs: 500,
    retries: 0,
    chunkedAboveBytes: 0,
    chunkBytes: size,
  });
  onTestFinished(() => client.close());
  const began = Date.now();
  await client.repository(`127.0.0.1:${port}/app`).pushBlob(slow.descriptor, () => oneChunk(slow.bytes));
  expect(received).toBe(size);
  expect(Date.now() - began).toBeGreaterThan(500);
});
