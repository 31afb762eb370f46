import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeOn } from '../harness/describe.js';
import { inEngine, type TestEngine } from '../harness/engines.js';
import { Workspace } from '../harness/workspace.js';

/** Images that a target of the workspace makes, and leaves in the engine or in a file. */
export function buildTarget(engine: TestEngine): void {
  describeOn(engine, 'an image that another target makes', () => {
    let ws: Workspace;
    beforeAll(async () => {
      ws = await Workspace.create({ env: engine.env });
    });
    afterAll(() => ws?.remove());

    const madeBy = (command: string, buildTargetImage: string) =>
      ws.edit('db-init/project.json', (text) => {
        const project = JSON.parse(text);
        project.targets = {
          make: { command, options: { cwd: 'db-init' } },
          'publish-image': { options: { buildTarget: 'make', buildTargetImage } },
        };
        return `${JSON.stringify(project, null, 2)}\n`;
      });

    test('is published from the engine, an archive and an OCI layout, and kept while its content is the same', async () => {
      await ws.write('db-init/project.json', '{ "name": "db-init" }\n');
      const name = `e2e-made-${process.pid}`;
      const client = engine.client.join(' ');
      const build = `${client} build -q ${engine.plainHttp.join(' ')} -t ${name} .`;
      await madeBy(build, `${name}:latest`);
      const sha = await ws.commit('made by a target');
      await ws.mustNx('run db-init:publish-image');
      expect(await ws.version('dbinit')).toBe(sha);
      expect((await ws.record('db-init')).builder).toBe('target db-init:make');

      await madeBy(
        `${build} && mkdir -p build && rm -f build/image.tar && ${client} save -o build/image.tar ${name}`,
        'docker-archive:db-init/build/image.tar',
      );
      await ws.commit('an archive');
      await ws.mustNx('run db-init:publish-image');
      expect(await ws.record('db-init')).toMatchObject({ outcome: 'kept', tag: sha });

      await madeBy(
        `${build} && rm -rf build && mkdir build && ${engine.copyToLayout(name, 'build/layout:made')}`,
        'oci:db-init/build/layout:made',
      );
      await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'set -e'));
      const second = await ws.commit('a layout, and a change');
      await ws.mustNx('run db-init:publish-image');
      expect(await ws.version('dbinit')).toBe(second);
      expect((await ws.record('db-init')).outcome).toBe('published');
      await inEngine(engine, 'rmi', '-f', name);
    });

    test('that fails to be made is an error that names the target, and changes nothing', async () => {
      await madeBy('echo no-luck; exit 3', 'nothing:latest');
      await ws.commit('fails');
      const files = await ws.versionFiles();
      const result = await ws.nx('run db-init:publish-image');
      expect(result.code).toBe(1);
      expect(result.output).toContain('no-luck');
      expect(result.output).toContain('nx run db-init:make');
      expect(await ws.versionFiles()).toBe(files);
    });
  });
}
