import { describeWithEngine } from '@image-versions/oci/testing';
import { describeBuilderContract } from './builder-contract.testing.js';
import { docker } from './docker.js';

await describeWithEngine('docker', (engine) => {
  describeBuilderContract(engine?.name ?? 'no engine', async () => ({
    builder: docker,
    runs: true,
    close: async () => {
      await engine.remove('image-versions/builder-contract:build');
    },
  }));
});
