import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWithEngine } from '@image-versions/oci/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { normalizeContainer } from '../options/container-options.js';
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

  it('has the platform in the variables that a Dockerfile takes it from', async () => {
    vi.stubEnv('DOCKER_BUILDKIT', '');
    const root = await mkdtemp(join(tmpdir(), 'docker-platform-'));
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await rm(root, { recursive: true, force: true });
      await engine.remove('image-versions/platform:build');
    });
    const lines = ['FROM --platform=$BUILDPLATFORM scratch', 'ARG TARGETARCH', 'LABEL arch=$TARGETARCH', 'COPY . /'];
    await writeFile(join(root, 'Dockerfile'), lines.join('\n'));
    const built = await docker.build({
      ...{ workspaceRoot: root, container: normalizeContainer('platform', '.', {}), bases: new Map() },
      ...{ isFresh: false, keeps: false, mayPush: false, onOutput: () => undefined },
    });
    onTestFinished(() => built.close());
    expect(built.image.config.run.labels.arch).toBe(built.image.config.platform.architecture);
  });
});
