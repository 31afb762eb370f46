import { onTestFinished } from 'vitest';
import { createRegistryClient, type RegistryClient, type RegistryRepository } from '../registry/client.js';
import type { RegistryClientOptions } from '../registry/options.js';
import { startTestRegistry, type TestRegistry } from './test-registry.js';
import type { TestRegistryOptions } from './test-registry-options.js';

export interface RegistryFixture {
  readonly registry: TestRegistry;
  readonly client: RegistryClient;
  /** `app` in that registry. */
  readonly repository: RegistryRepository;
  /** The pauses before retries, in milliseconds; none is really made. */
  readonly pauses: number[];
}

/** No file of the machine is read for credentials, and no proxy is used. */
export const EMPTY_ENVIRONMENT = { DOCKER_CONFIG: '/nonexistent' };

/** A registry and a client for one test, both closed at its end. With `login`, the client has the registry's password. */
export async function registryFixture(
  served: TestRegistryOptions = {},
  { login, ...chosen }: RegistryClientOptions & { readonly login?: boolean } = {},
): Promise<RegistryFixture> {
  const registry = await startTestRegistry(served);
  const pauses: number[] = [];
  const credentials = { IMAGE_VERSIONS_REGISTRY_USERNAME: 'user', IMAGE_VERSIONS_REGISTRY_PASSWORD: 'secret' };
  const client = createRegistryClient({
    env: { ...EMPTY_ENVIRONMENT, ...(login && credentials) },
    credentialsHost: registry.host,
    random: () => 1,
    sleep: async (ms) => void pauses.push(ms),
    ...chosen,
  });
  onTestFinished(async () => {
    await client.close();
    await registry.close();
  });
  return { registry, client, repository: client.repository(`${registry.host}/app`), pauses };
}
