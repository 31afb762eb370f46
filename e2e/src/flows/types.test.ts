import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { Workspace } from '../harness/workspace.js';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** The example of a package's README. */
async function exampleOf(name: string): Promise<string> {
  const readme = await readFile(join(repository, 'packages', name, 'README.md'), 'utf8');
  return /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
}

describeE2e('the types of the packages', () => {
  let ws: Workspace;
  beforeAll(async () => {
    ws = await Workspace.create();
    for (const name of ['oci', 'diff']) await writeFile(join(ws.root, `${name}.mts`), await exampleOf(name));
    await writeFile(
      join(ws.root, 'testing.mts'),
      "export * from '@image-versions/oci/lookup';\nexport * as testing from '@image-versions/oci/testing';\n",
    );
  });
  afterAll(() => ws?.remove());

  test.each([
    ['node16', 'node16'],
    ['bundler', 'esnext'],
  ])(
    'are whole for a strict program with moduleResolution %s and nothing else installed',
    async (resolution, module) => {
      const options = ['--noEmit', '--strict', '--ignoreConfig', '--skipLibCheck', 'false', '--target', 'es2022'];
      const how = ['--moduleResolution', resolution, '--module', module, '--types', 'node'];
      const tsc = join(repository, 'node_modules/typescript/bin/tsc');
      const files = ['oci.mts', 'diff.mts', 'testing.mts'];
      const { code, output } = await command(process.execPath, [tsc, ...options, ...how, ...files], { cwd: ws.root });
      expect([code, output]).toEqual([0, '']);
    },
  );
});
