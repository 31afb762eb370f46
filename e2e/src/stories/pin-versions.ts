import { existsSync } from 'node:fs';
import type { NxMajor } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

const wrongVersions = ['', '--version=1.2.3', '--version=v1.2', '--version=$(touch pwned)', '--version='];

/** Pins and releases with one version of Nx, with its daemon and without. */
export function pinVersions(nx: NxMajor): void {
  const isWanted = inject('e2e').templates[nx] !== undefined;
  describeE2e(
    `on Nx ${nx}`,
    () => {
      describe.each([{ daemon: true }, { daemon: false }])('daemon: $daemon', ({ daemon }) => {
        let ws: Workspace;
        beforeAll(async () => {
          ws = await Workspace.create({ nx, daemon, isolatesPlugins: true });
          await ws.mustNx('run-many -t publish-image -p vro-app,db-init,rabbitmq');
        });
        afterAll(() => ws?.remove());

        test('nx run vro-app:pin --version=release-1.2.3 pins the digest that the image is at', async () => {
          const [before] = await ws.vars('vroapp_DIGEST');
          await ws.mustNx('run vro-app:pin --version=release-1.2.3');
          expect(await ws.version('vroapp')).toBe('release-1.2.3');
          expect(await ws.images.digest('vro-app', 'release-1.2.3')).toBe(before);
          expect(await ws.version('dbinit')).toBe(await ws.head());
        });

        test('pin without a version, or with a wrong one, is an error that says what is accepted, and changes nothing', async () => {
          const files = await ws.versionFiles();
          // At once, since most of the time of a command is spent on starting it.
          const results = await Promise.all(
            (daemon ? ['--version=1.2.3'] : wrongVersions).map(async (flag) => {
              const { code, output } = await ws.run('node_modules/.bin/nx', [
                'run',
                'db-init:pin',
                ...(flag ? [flag] : []),
              ]);
              return { flag, code, output };
            }),
          );
          for (const { flag, code, output } of results) {
            expect(code, `${flag}: ${output}`).toBe(1);
            for (const accepted of ['v1.2.3', 'release-1.2.3']) expect(output, flag).toContain(accepted);
          }
          expect(await ws.versionFiles()).toBe(files);
          expect(existsSync(ws.path('pwned'))).toBe(false);
        });

        test('pin beside publish-image of the same image is an error, and changes nothing', async () => {
          const files = await ws.versionFiles();
          const { code, output } = await ws.nx('run-many -t publish-image,pin -p db-init --version=v9.0.0');
          expect(code, output).toBe(1);
          expect(output).toContain('Run publish-image first');
          expect(await ws.versionFiles()).toBe(files);
          expect(await ws.images.digest('db-init', 'v9.0.0')).toBeUndefined();
        });

        test('after a release everything comes from the cache, and no file changes', async () => {
          await ws.mustNx('run-many -t pin -p db-init,rabbitmq --version=v2.0.0');
          await ws.commit('v2.0.0');
          const files = await ws.versionFiles();
          const output = await ws.mustNx('run-many -t publish-image -p vro-app,db-init,rabbitmq');
          expect(projectsThat('cached', output)).toEqual(['db-init', 'rabbitmq', 'vro-app']);
          expect(await ws.versionFiles()).toBe(files);
        });

        test('nx affected selects and builds only the image whose line was removed by hand', async () => {
          await ws.edit('image_versions.src', (text) => text.replace(/^dbinit_VER=.*\n/m, ''));
          const sha = await ws.commit('db-init afresh');
          const output = await ws.mustNx(
            'affected -t publish-image --base=HEAD~1 --exclude=bgs-api,cc-app,dashboard,api-gateway --parallel=3',
          );
          expect(projectsThat('ran', output)).toEqual(['db-init']);
          expect(await ws.version('dbinit')).toBe(sha);
          expect(await ws.version('rabbitmq')).toBe('v2.0.0');
        });
      });
    },
    isWanted,
  );
}
