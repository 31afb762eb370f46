import { type PodmanService, startPodman } from '@image-versions/oci/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

const podman = await startPodman();
const images = ['db-init', 'rabbitmq'];

/** The main job with Podman as the engine: one workspace, each test goes on where the one before it ended. */
describeE2e(
  'on Podman, told as one story',
  () => {
    let ws: Workspace;
    let first = '';
    beforeAll(async () => {
      ws = await Workspace.create();
      Object.assign(ws.env, (podman as PodmanService).env);
      first = await ws.head();
    });
    afterAll(async () => {
      await ws?.remove();
      await podman?.stop();
    });

    const publish = (options = '') => ws.mustNx(`run-many -t publish-image -p ${images} ${options}`);

    test('the first run publishes, RUN steps and all, and latest is the same digest', async () => {
      await publish();
      for (const image of images) {
        expect(await ws.images.tags(image)).toEqual([first, 'latest'].sort());
        expect(await ws.images.digest(image, 'latest')).toBe(await ws.images.digest(image, first));
      }
      expect((await ws.record('db-init')).builder).toContain('podman');
    });

    test('a second run is all cache hits', async () => {
      expect(projectsThat('cached', await publish())).toEqual(images);
    });

    test('pinning puts a tag on the same digest', async () => {
      const before = await ws.images.digest('db-init', first);
      await ws.mustNx('run db-init:pin --version=v1.0.0');
      expect(await ws.images.digest('db-init', 'v1.0.0')).toBe(before);
      expect(await ws.version('dbinit')).toBe('v1.0.0');
    });

    test('a rebuild with the same content keeps the pin, and pushes nothing', async () => {
      await ws.append('db-init/Dockerfile', '# the same\n');
      await ws.commit('a comment');
      const [tags, files] = [await ws.images.tags('db-init'), await ws.versionFiles()];
      expect(projectsThat('ran', await publish())).toEqual(['db-init']);
      expect(await ws.record('db-init')).toMatchObject({ outcome: 'kept', tag: 'v1.0.0' });
      expect(await ws.images.tags('db-init')).toEqual(tags);
      expect(await ws.versionFiles()).toBe(files);
    });

    test('a change unpins that image alone, and says why', async () => {
      await ws.append('db-init/init.sh', 'echo more\n');
      const sha = await ws.commit('more');
      expect(projectsThat('ran', await publish())).toEqual(['db-init']);
      expect(await ws.version('dbinit')).toBe(sha);
      expect(await ws.images.digest('db-init', 'latest')).toBe(await ws.images.digest('db-init', sha));
      const { outcome, reasons } = await ws.record('db-init');
      expect(outcome).toBe('published');
      expect(JSON.stringify(reasons)).toContain('usr/local/bin/init');
    });

    test('a pin removed by hand builds that image afresh and publishes it', async () => {
      await ws.mustNx('run db-init:pin --version=v1.0.1');
      await ws.commit('v1.0.1');
      await ws.edit('image_versions.src', (text) => text.replace(/^dbinit_VER=.*\n/m, ''));
      const sha = await ws.commit('unpinned by hand');
      expect(projectsThat('ran', await publish())).toEqual(['db-init']);
      expect(await ws.images.tags('db-init')).toContain(sha);
    });
  },
  podman !== undefined,
);
