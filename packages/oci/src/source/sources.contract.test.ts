import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistryClient } from '../registry/client.js';
import { describeWithEngine } from '../testing/describe-with-engine.js';
import { pushImage } from '../testing/image-builder.js';
import { contractImage, describeSourceContract } from '../testing/source-contract.js';
import { startTestRegistry } from '../testing/test-registry.js';
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
