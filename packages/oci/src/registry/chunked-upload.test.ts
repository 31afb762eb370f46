import { expect, it } from 'vitest';
import { oneChunk } from '../content/one-chunk.js';
import { blob } from '../testing/image-builder.js';
import { registryFixture } from '../testing/registry-fixture.js';

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
