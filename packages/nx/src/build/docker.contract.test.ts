import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRegistryClient } from '@image-versions/oci';
import { buildImage, describeWithEngine, pushImage, startTestRegistry } from '@image-versions/oci/testing';
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

  const builtFor = async (lines: readonly string[]) => {
    vi.stubEnv('DOCKER_BUILDKIT', '');
    const root = await mkdtemp(join(tmpdir(), 'docker-platform-'));
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await rm(root, { recursive: true, force: true });
      await engine.remove('image-versions/platform:build');
    });
    await writeFile(join(root, 'Dockerfile'), lines.join('\n'));
    const built = await docker.build({
      ...{ workspaceRoot: root, container: normalizeContainer('platform', '.', {}), bases: new Map() },
      ...{ isFresh: false, keeps: false, mayPush: false, onOutput: () => undefined },
    });
    onTestFinished(() => built.close());
    return built.image.config;
  };

  it('has the platform in the variables that a Dockerfile takes it from', async () => {
    const lines = ['FROM --platform=$BUILDPLATFORM scratch', 'ARG TARGETARCH', 'LABEL arch=$TARGETARCH', 'COPY . /'];
    const { run, platform } = await builtFor(lines);
    expect(run.labels.arch).toBe(platform.architecture);
  });

  it("builds for the platform that Docker's own client would", async () => {
    vi.stubEnv('DOCKER_DEFAULT_PLATFORM', 'linux/riscv64');
    expect((await builtFor(['FROM scratch', 'COPY . /'])).platform.architecture).toBe('riscv64');
  });

  it('fetches a base with a registry token from the environment', async () => {
    const registry = await startTestRegistry({ auth: 'bearer' });
    const env = { IMAGE_VERSIONS_REGISTRY_USERNAME: 'user', IMAGE_VERSIONS_REGISTRY_PASSWORD: 'secret' };
    const client = createRegistryClient({ env, credentialsHost: registry.host });
    const base = `${registry.host}/base:v1`;
    const image = buildImage({ layers: [[{ path: 'base' }]] });
    await pushImage(client.repository(`${registry.host}/base`), image, 'v1');
    const authorization = `Basic ${Buffer.from('user:secret').toString('base64')}`;
    const answer = await fetch(`http://${registry.host}/token?scope=repository:base:pull`, {
      headers: { authorization },
    });
    const { token } = (await answer.json()) as { token: string };
    const root = await mkdtemp(join(tmpdir(), 'docker-token-'));
    vi.stubEnv('IMAGE_VERSIONS_REGISTRY_TOKEN', token);
    vi.stubEnv('IMAGE_VERSIONS_REGISTRY_HOST', registry.host);
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await rm(root, { recursive: true, force: true });
      await engine.remove('image-versions/token:build');
      await engine.remove(base);
      await client.close();
      await registry.close();
    });
    await writeFile(join(root, 'Dockerfile'), `FROM ${base}\nLABEL a=b\n`);
    const built = await docker.build({
      ...{ workspaceRoot: root, container: normalizeContainer('token', '.', {}) },
      ...{ isFresh: false, keeps: false, mayPush: false, onOutput: () => undefined },
      bases: new Map([[base, image.manifest.descriptor.digest]]),
    });
    onTestFinished(() => built.close());
    expect(built.baseDiffIds).toEqual(image.layers.map(({ diffId }) => diffId));
  });
});
