import { expect, it } from 'vitest';
import { registryHost } from './open-repository.js';

it.each([
  ['ghcr.io/acme/mono', 'ghcr.io'],
  ['ghcr.io', 'ghcr.io'],
  ['localhost:5000', 'localhost:5000'],
  ['acme', 'docker.io'],
  ['index.docker.io/acme', 'docker.io'],
])('the registry %s is at %s', async (registry, host) => {
  expect(await registryHost(registry)).toBe(host);
});
