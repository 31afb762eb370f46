import { startPodman } from '@image-versions/oci/testing';
import { describe, vi } from 'vitest';
import { describeBuilderContract } from './builder-contract.testing.js';
import { docker } from './docker.js';

const podman = await startPodman();

describe.skipIf(podman === undefined)('docker', () => {
  describeBuilderContract('Podman', async () => {
    vi.stubEnv('DOCKER_HOST', podman?.env.DOCKER_HOST);
    return {
      builder: docker,
      runs: true,
      close: async () => {
        vi.unstubAllEnvs();
        await podman?.stop();
      },
    };
  });
});
