import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PodmanService, startPodman } from '@image-versions/oci/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { normalizeContainer } from '../options/container-options.js';
import { describeBuilderContract } from './builder-contract.testing.js';
import { docker } from './docker.js';

const podman = await startPodman();

describe.skipIf(podman === undefined)('docker', () => {
  beforeAll(() => {
    vi.stubEnv('DOCKER_HOST', (podman as PodmanService).env.DOCKER_HOST);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await podman?.stop();
  });

  describeBuilderContract('Podman', async () => ({ builder: docker, runs: true, close: async () => undefined }));

  describe('Podman', () => {
    let root: string;
    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'podman-'));
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    const build = async (dockerfile: string) => {
      await writeFile(join(root, 'Dockerfile'), dockerfile);
      await writeFile(join(root, 'file'), 'file');
      const container = normalizeContainer('podman-test', '.', {});
      const request = {
        workspaceRoot: root,
        container,
        isFresh: false,
        keeps: false,
        mayPush: false,
        bases: new Map(),
      };
      return docker.build({ ...request, onOutput: () => undefined });
    };

    it.each([
      'FROM scratch\nCOPY --link file /file\n',
      'FROM scratch\nCOPY <<END /file\ntext\nEND\n',
      'FROM scratch\nCOPY file /file\nRUN <<END\ntrue\nEND\n',
    ])('says of what only BuildKit knows that it has none: %j', async (dockerfile) => {
      await expect(build(dockerfile)).rejects.toMatchObject({
        code: 'build-failed',
        hint: expect.stringContaining('no BuildKit'),
      });
    });

    it('has the platform in the variables that a Dockerfile takes it from', async () => {
      const lines = [
        'FROM --platform=$BUILDPLATFORM scratch',
        'ARG TARGETARCH',
        'LABEL arch=$TARGETARCH',
        'COPY file /',
      ];
      const built = await build(lines.join('\n'));
      expect(built.image.config.run.labels.arch).toBe(built.image.config.platform.architecture);
      await built.close();
    });

    it('keeps of the image what only the format of Docker has', async () => {
      const built = await build('FROM scratch\nCOPY file /file\nHEALTHCHECK CMD true\nSHELL ["/bin/dash", "-c"]\n');
      const { healthcheck, shell } = built.image.config.run;
      expect({ healthcheck, shell }).toEqual({
        healthcheck: expect.objectContaining({ test: ['CMD-SHELL', 'true'] }),
        shell: ['/bin/dash', '-c'],
      });
      await built.close();
    });
  });
});
