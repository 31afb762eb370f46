import { describeWithEngine } from '@image-versions/oci/testing';
import { vi } from 'vitest';
import { describeBuilderContract } from './builder-contract.testing.js';
import { docker } from './docker.js';

await describeWithEngine('docker', (engine) => {
  for (const [name, buildKit] of [
    ['its own builder', '0'],
    ['BuildKit', '1'],
  ]) {
    describeBuilderContract(`${engine?.name ?? 'no engine'}, ${name}`, async () => {
      vi.stubEnv('DOCKER_BUILDKIT', buildKit);
      return {
        builder: docker,
        runs: true,
        close: async () => {
          vi.unstubAllEnvs();
          await engine.remove('image-versions/builder-contract:build');
        },
      };
    });
  }
});
