import { must } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { projectsThat, tasksOf } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

describeE2e('a change of the root lockfile', () => {
  let ws: Workspace;
  /** Without the largest image, whose first build takes long: `affected` selects it no more than others. */
  const most = '--exclude=vro-app';
  const affected = () => ws.mustNx('affected -t publish-image --base=HEAD~1 --parallel=6');

  beforeAll(async () => {
    ws = await Workspace.create();
    await ws.edit('package.json', (text) => {
      const manifest = JSON.parse(text);
      manifest.devDependencies.picocolors = '1.1.0';
      return `${JSON.stringify(manifest, null, 2)}\n`;
    });
    // Linked from the template: npm must not write into it.
    await must('sh', ['-c', 'cp -a node_modules copied && rm -rf node_modules && mv copied node_modules'], {
      cwd: ws.root,
    });
    await install();
    await ws.commit('picocolors');
    await ws.mustNx(`run-many -t publish-image --parallel=6 ${most}`);
    await ws.mustNx(`run-many -t pin --version=v1.0.0 ${most}`);
    await ws.commit('v1.0.0');
  });
  afterAll(() => ws?.remove());

  const install = () => must('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: ws.root });

  /** Another version of one package in the lockfile alone, installed. */
  const relock = async (name: string, from: string, to: string) => {
    await ws.edit('package-lock.json', (text) => {
      const lock = JSON.parse(text);
      const entry = lock.packages[`node_modules/${name}`];
      expect(entry.version).toBe(from);
      entry.version = to;
      delete entry.integrity;
      if (entry.resolved) entry.resolved = entry.resolved.replace(from, to);
      return `${JSON.stringify(lock, null, 2)}\n`;
    });
    await install();
  };

  test('selects and rebuilds nothing where no container depends on what changed', async () => {
    const files = await ws.versionFiles();
    await ws.edit('package.json', (text) => text.replace('"picocolors": "1.1.0"', '"picocolors": "1.1.1"'));
    await install();
    await ws.commit('picocolors 1.1.1');
    expect(tasksOf(await affected(), 'publish-image')).toEqual({});
    expect(projectsThat('ran', await ws.mustNx(`run-many -t publish-image --parallel=6 ${most}`))).toEqual([]);
    expect(await ws.versionFiles()).toBe(files);
  });

  test('selects and rebuilds only the container that depends on it', async () => {
    await relock('isarray', '2.0.5', '2.0.4');
    const sha = await ws.commit('isarray 2.0.4');
    expect(tasksOf(await affected(), 'publish-image')).toEqual({ dashboard: 'ran' });
    expect(await ws.version('dashboard')).toBe(sha);
    expect((await ws.record('dashboard')).comparison.categories).toContain('app-dependencies');
    expect(projectsThat('ran', await ws.mustNx(`run-many -t publish-image --parallel=6 ${most}`))).toEqual([]);
  });
});
