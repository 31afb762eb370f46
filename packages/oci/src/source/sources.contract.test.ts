import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'vitest';
import { oneChunk } from '../content/one-chunk.js';
import { createRegistryClient } from '../registry/client.js';
import { dockerArchiveEntries, dockerOciArchiveEntries, ociArchiveEntries } from '../testing/archive-builder.js';
import { describeWithEngine } from '../testing/describe-with-engine.js';
import { pushImage } from '../testing/image-builder.js';
import { contractImage, describeSourceContract } from '../testing/source-contract.js';
import { writeTar } from '../testing/tar-writer.js';
import { startTestRegistry } from '../testing/test-registry.js';
import { openArchive } from './archive.js';
import { openEngineImages } from './engine-images.js';
import { openOciLayout } from './oci-layout.js';
import { openRepositoryImages } from './repository-images.js';

async function inRegistry() {
  const registry = await startTestRegistry();
  const client = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
  const repository = client.repository(`${registry.host}/ivtest-contract`);
  await pushImage(repository, contractImage, 'v1');
  const close = async () => {
    await client.close();
    await registry.close();
  };
  return { repository, close };
}

describeSourceContract('a registry', async () => {
  const { repository, close } = await inRegistry();
  return { images: await openRepositoryImages(repository, 'v1'), close };
});

describe.each([
  ['a Docker archive', dockerArchiveEntries],
  ['an archive of Docker since 25', dockerOciArchiveEntries],
  ['an OCI archive', ociArchiveEntries],
])('an archive', (name, entries) => {
  describeSourceContract(name, async () => {
    const bytes = writeTar(entries([{ image: contractImage, tags: ['app:1'] }]));
    return { images: await openArchive(oneChunk(bytes)), close: async () => {} };
  });
});

describeSourceContract('an OCI layout', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'source-contract-'));
  const layout = openOciLayout(folder);
  await pushImage(layout, contractImage, 'v1');
  return { images: await openRepositoryImages(layout, 'v1'), close: () => rm(folder, { recursive: true }) };
});

await describeWithEngine('an engine', (engine) => {
  describeSourceContract('it', async () => {
    const { repository, close } = await inRegistry();
    const name = `${repository.name}:v1`;
    await engine.pull(name);
    return {
      images: await openEngineImages(engine, name),
      close: async () => {
        await engine.remove(name);
        await close();
      },
    };
  });
});
