import { randomUUID } from 'node:crypto';
import { describeRepositoryContract, type RepositoryPlace } from '../testing/repository-contract.js';
import { describeWithRegistry } from '../testing/services.js';
import { startTestRegistry } from '../testing/test-registry.js';
import type { TestRegistryOptions } from '../testing/test-registry-options.js';
import { createRegistryClient } from './client.js';
import type { RegistryClientOptions } from './options.js';

const env = { DOCKER_CONFIG: '/nonexistent' };

async function inMemory(served: TestRegistryOptions, chosen: RegistryClientOptions = {}): Promise<RepositoryPlace> {
  const registry = await startTestRegistry(served);
  const credentials = { IMAGE_VERSIONS_REGISTRY_USERNAME: 'user', IMAGE_VERSIONS_REGISTRY_PASSWORD: 'secret' };
  const client = createRegistryClient({ env: { ...env, ...credentials }, credentialsHost: registry.host, ...chosen });
  return {
    repository: (name) => client.repository(`${registry.host}/${name}`),
    close: async () => {
      await client.close();
      await registry.close();
    },
  };
}

describeRepositoryContract('a registry', () => inMemory({}));
describeRepositoryContract('a registry with Basic auth', () => inMemory({ auth: 'basic' }));
describeRepositoryContract('a registry with tokens', () => inMemory({ auth: 'bearer' }));
describeRepositoryContract('a registry that takes chunks', () =>
  inMemory({}, { chunkedAboveBytes: 0, chunkBytes: 1000 }),
);

await describeWithRegistry('the real registry', (host) => {
  const run = randomUUID();
  describeRepositoryContract('it', async () => {
    const client = createRegistryClient({ env });
    return { repository: (name) => client.repository(`${host}/test-${run}/${name}`), close: () => client.close() };
  });
});
