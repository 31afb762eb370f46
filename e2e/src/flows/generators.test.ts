import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { must, nxVersions } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { type PackageRegistry, servePackages } from '../harness/package-registry.js';
import { Workspace } from '../harness/workspace.js';

const majors = Object.keys(inject('e2e').templates).map(Number) as (22 | 23 | 24)[];

/** A workspace that has the packages and does not use them yet. */
async function withoutPlugin(nx: 22 | 23 | 24): Promise<Workspace> {
  const ws = await Workspace.create({ nx });
  await ws.edit('nx.json', (text) => {
    const { plugins: _plugins, pluginsConfig: _config, ...rest } = JSON.parse(text);
    return `${JSON.stringify(rest, null, 2)}\n`;
  });
  await ws.commit('without the plugin');
  return ws;
}

const changed = (ws: Workspace) => ws.git('status', '--porcelain', '--untracked-files=all');

for (const nx of majors)
  describeE2e(`the generators on Nx ${nx}`, () => {
    let ws: Workspace;
    beforeAll(async () => {
      ws = await withoutPlugin(nx);
    });
    afterAll(() => ws?.remove());

    const showProject = async (name: string) => JSON.parse(await ws.mustNx(`show project ${name} --json`));

    test('nx list shows them beside the executors', async () => {
      const list = await ws.mustNx('list @image-versions/nx');
      for (const name of ['init', 'container', 'import', 'publish-image'])
        expect(list).toMatch(new RegExp(`^${name} : `, 'm'));
    });

    test('init adds the plugin, and a second time changes nothing', async () => {
      await ws.mustNx(`g @image-versions/nx:init --registry=${ws.images.prefix} --no-interactive`);
      const { plugins, pluginsConfig } = JSON.parse(await ws.read('nx.json'));
      expect(plugins).toEqual([{ plugin: '@image-versions/nx', options: { registry: ws.images.prefix } }]);
      expect(pluginsConfig?.['@nx/js']).toEqual(
        nx === 22 ? undefined : { projectsAffectedByDependencyUpdates: 'auto' },
      );
      expect(await ws.read('.gitignore')).toContain('.image-registry\n');
      await ws.commit('init');
      await ws.mustNx('g @image-versions/nx:init --no-interactive');
      expect(await changed(ws)).toBe('');
    });

    test('container makes a container of a new folder, which --dry-run only tells', async () => {
      const create = `g @image-versions/nx:container apps/hello --kind=python --base=${inject('e2e').registry}/base/python:3`;
      expect(await ws.mustNx(`${create} --dry-run`)).toContain('CREATE apps/hello/Dockerfile');
      expect(await changed(ws)).toBe('');
      await ws.mustNx(create);
      const { root, targets } = await showProject('hello');
      expect([root, Object.keys(targets)]).toEqual([
        'apps/hello',
        expect.arrayContaining(['build-image', 'diff-image', 'publish-image', 'pin', 'unpin']),
      ]);
      const again = await ws.nx(create);
      expect([again.code, again.output]).toEqual([1, expect.stringContaining('--force')]);
      const sha = await ws.commit('hello');
      await ws.mustNx('run hello:publish-image');
      expect(await ws.images.tags('hello')).toEqual(['latest', sha].sort());
    });
  });

const versions = `# Written by people and by a script
export apigateway_VER="v3.2.5"
# Tue Aug 15 18:14:47 UTC 2023 -- v3.4.1
rabbitmq_VER="v3.4.1"
`;
const script = `#!/bin/bash
VRO_IMAGES_ARR=( app api-gateway rabbitmq console )
VAR_PREFIXES_ARR=( app apigateway rabbitmq console )
# --- app in folder ./vro-app
export app_IMG="vro-app"
export apigateway_IMG="vro-api-gateway"
export rabbitmq_IMG="vro-rabbitmq"
export console_IMG="vro-console"
touch was-run
source scripts/image_versions.src
eval "$@"
`;

describeE2e('the generator import', () => {
  let ws: Workspace;
  beforeAll(async () => {
    ws = await withoutPlugin(24);
    await ws.write('scripts/image_versions.src', versions);
    await ws.write('scripts/image_vars.src', script);
    await ws.commit('the old scripts');
  });
  afterAll(() => ws?.remove());

  const adopt = () => `g @image-versions/nx:import --registry=${ws.images.prefix} --no-interactive`;

  test('tells with --dry-run what it would do, and what differs', async () => {
    const output = await ws.mustNx(`${adopt()} --dry-run`);
    expect(output).toContain('Images taken over: 3');
    expect(output).toMatch(/Images without a Dockerfile:\s+console/);
    expect(output).toContain('db-init/Dockerfile: excluded');
    expect(output).toContain('line 9: touch was-run');
    expect(await changed(ws)).toBe('');
  });

  test('takes over versions, prefixes and names, and runs nothing of the old script', async () => {
    await ws.mustNx(adopt());
    expect(await ws.read('scripts/image_versions.src')).toBe(versions);
    expect(await ws.readIfThere('was-run')).toBe('');
    const { options } = JSON.parse(await ws.mustNx('show project vro-app --json')).targets['publish-image'];
    expect(options).toMatchObject({
      imageName: 'vro-app',
      varPrefix: 'app',
      versionsFile: 'scripts/image_versions.src',
      varsFile: 'scripts/image_vars.src',
    });
    const images = await ws.mustNx('show projects --with-target=publish-image');
    expect(images.trim().split('\n').sort()).toEqual(['api-gateway', 'rabbitmq', 'vro-app']);
    await ws.commit('adopted');
    await ws.mustNx(adopt());
    expect(await changed(ws)).toBe('');
  });

  test('leaves a workspace that publishes under the old names, by the old variables', async () => {
    await ws.mustNx('run vro-app:publish-image');
    expect(await ws.images.tags('vro-app')).toContain(await ws.head());
    const print = 'source scripts/image_vars.src; echo "$app_IMG $app_VER $apigateway_VER $rabbitmq_VER"';
    const printed = await must('bash', ['-euc', print], { cwd: ws.root });
    expect(printed.trim()).toBe(`${ws.images.prefix}/vro-app ${await ws.head()} v3.2.5 v3.4.1`);
    expect(await ws.read('scripts/image_versions.src')).toBe(versions);
    await ws.commit('published');
  });

  test('releases there, too: under the old names, in the old file, and past its holds and pins', async () => {
    const released = await ws.mustNx('run-many -t pin -p vro-app,api-gateway --version=v3.5.0 --output-style=static');
    expect(released).toContain('api-gateway: held');
    expect(await ws.images.tags('vro-app')).toContain('v3.5.0');
    const written = await ws.read('scripts/image_versions.src');
    expect(written.startsWith(versions)).toBe(true);
    expect(written).toContain('\napp_VER="v3.5.0"\n');
  });
});

describeE2e('nx add @image-versions/nx', () => {
  let ws: Workspace;
  let packages: PackageRegistry;
  beforeAll(async () => {
    ws = await withoutPlugin(24);
    packages = await servePackages(inject('e2e').packed);
    await ws.write('.npmrc', packages.npmrc);
    for (const file of ['package.json', 'package-lock.json']) {
      await ws.edit(file, (text) => {
        const json = JSON.parse(text);
        for (const list of [json.devDependencies, json.packages, json.packages?.['']?.devDependencies]) {
          for (const name of Object.keys(list ?? {})) if (name.includes('@image-versions/')) delete list[name];
        }
        return `${JSON.stringify(json, null, 2)}\n`;
      });
    }
    // Linked from the template: npm must not write into it.
    const copy = 'cp -a node_modules copied && rm -rf node_modules && mv copied node_modules';
    await must('sh', ['-c', `${copy} && rm -rf node_modules/@image-versions node_modules/.package-lock.json`], {
      cwd: ws.root,
    });
  });
  afterAll(async () => {
    await packages?.stop();
    await ws?.remove();
  });

  test.each(majors)('npm finds versions that go together in a workspace with Nx %i and no devkit', async (major) => {
    const folder = await mkdtemp(join(tmpdir(), 'image-versions-add-'));
    try {
      const { nx } = nxVersions[major];
      await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, devDependencies: { nx } }));
      await writeFile(join(folder, '.npmrc'), packages.npmrc);
      const add = ['install', '--package-lock-only', '--save-dev', '--prefer-offline', '@image-versions/nx'];
      await must('npm', add, { cwd: folder });
      const { packages: locked } = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
      expect(locked['node_modules/nx'].version).toBe(nx);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('installs the plugin and sets it up', async () => {
    await ws.mustNx('add @image-versions/nx --no-interactive', { env: { npm_config_prefer_offline: 'true' } });
    expect(JSON.parse(await ws.read('package.json')).devDependencies).toHaveProperty(['@image-versions/nx']);
    expect(JSON.parse(await ws.read('nx.json')).plugins).toEqual(['@image-versions/nx']);
    expect(await ws.mustNx('show projects --with-target=publish-image')).toContain('vro-app');
  });
});
