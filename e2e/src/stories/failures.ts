import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { must, startRegistry } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeOn } from '../harness/describe.js';
import type { TestEngine } from '../harness/engines.js';
import { Workspace } from '../harness/workspace.js';

const user = { name: 'ci', password: 'let-me-in' };
/** Of that user. */
const htpasswd = 'ci:$2b$05$wG0pEwMRaAbKljqAzSwW7OJNyO/24VjU7K.yKDxWwdh2AO06DhpsG\n';

/** What goes wrong while the engine builds. */
export function engineFailures(engine: TestEngine): void {
  describeOn(engine, 'what goes wrong is a clear message, exit code 1, and version files untouched', () => {
    let ws: Workspace;
    beforeAll(async () => {
      ws = await Workspace.create({ env: engine.env });
    });
    afterAll(() => ws?.remove());

    test('a build that fails: its output is shown, and the other images keep their results', async () => {
      const before = await ws.read('db-init/Dockerfile');
      await ws.append('db-init/Dockerfile', 'RUN echo the-reason-why >&2; exit 7\n');
      const sha = await ws.commit('one bad, one good');
      const { code, output } = await ws.nx('run-many -t publish-image -p db-init,rabbitmq');
      await ws.write('db-init/Dockerfile', before);
      expect(code, output).toBe(1);
      expect(output).toContain('the-reason-why');
      expect(output).toContain('7');
      expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
      expect(await ws.version('rabbitmq')).toBe(sha);
      expect(await ws.version('dbinit')).toBe('');
    });

    test('a Dockerfile that is wrong: the line is named', async () => {
      const files = await ws.versionFiles();
      await ws.append('db-init/Dockerfile', 'COPPY a b\n');
      const { code, output } = await ws.nx('run db-init:publish-image');
      expect(code, output).toBe(1);
      expect(output).toMatch(/COPPY/);
      expect(output).toContain('Correct the Dockerfile.');
      expect(output).not.toMatch(/imagebuilder|^\s+at .*\.js:\d+/m);
      expect(await ws.versionFiles()).toBe(files);
    });
  });

  describeOn(engine, 'a registry that wants a login', () => {
    let registry: Awaited<ReturnType<typeof startRegistry>>;
    let ws: Workspace;
    beforeAll(async () => {
      registry = await startRegistry({ htpasswd });
      ws = await Workspace.create({ registry: `${registry.host}/acme`, env: engine.env });
      const base = 'base/debian:12';
      const [from, to] = [`docker://${inject('e2e').registry}/${base}`, `docker://${registry.host}/${base}`];
      const plainHttp = ['--src-tls-verify=false', '--dest-tls-verify=false'];
      await must('skopeo', ['copy', '-q', ...plainHttp, `--dest-creds=${user.name}:${user.password}`, from, to]);
      await ws.edit('db-init/Dockerfile', (text) => text.replace(/^FROM .*$/m, `FROM ${registry.host}/${base}`));
      await ws.commit('a base behind a login');
    });
    afterAll(async () => {
      await ws?.remove();
      await registry?.stop();
    });

    test('says so to one who has none', async () => {
      const { code, output } = await ws.nx('run db-init:publish-image');
      expect(code, output).toBe(1);
      expect(output).toMatch(/login|credentials|unauthorized/i);
      expect(await ws.readIfThere('image_vars.src')).toBe('');
    });

    test('gives the base, and takes the image, with one of config.json, which is nowhere in output or record', async () => {
      const auth = Buffer.from(`${user.name}:${user.password}`).toString('base64');
      const folder = join(ws.home, '.docker');
      await mkdir(folder);
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth } } }));
      const output = await ws.mustNx('run db-init:publish-image', { env: { NX_VERBOSE_LOGGING: 'true' } });
      await rm(folder, { recursive: true });
      expect(await ws.version('dbinit')).toBe(await ws.head());
      for (const secret of [user.password, auth]) {
        expect(output).not.toContain(secret);
        expect(JSON.stringify(await ws.record('db-init'))).not.toContain(secret);
      }
    });

    test('takes the image with one of the environment', async () => {
      const env = { IMAGE_VERSIONS_REGISTRY_USERNAME: user.name, IMAGE_VERSIONS_REGISTRY_PASSWORD: user.password };
      expect(await ws.mustNx('run rabbitmq:publish-image', { env })).not.toContain(user.password);
      expect(await ws.version('rabbitmq')).toBe(await ws.head());
    });
  });
}
