import { startBuildKit } from '@image-versions/oci/testing';
import { describe, vi } from 'vitest';
import { describeBuilderContract } from './builder-contract.testing.js';
import { buildx } from './buildx.js';

const buildKit = await startBuildKit();

describe.skipIf(buildKit === undefined)('buildx', () => {
  describeBuilderContract('a remote BuildKit', async () => {
    vi.stubEnv('DOCKER_CONFIG', buildKit?.env.DOCKER_CONFIG);
    return {
      builder: buildx,
      runs: true,
      options: buildKit ? { builder: 'buildx', builderInstance: buildKit.instance } : {},
      close: async () => {
        vi.unstubAllEnvs();
        await buildKit?.stop();
      },
    };
  });
});
