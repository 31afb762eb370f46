import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerKey } from '../options/container-key.js';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { readWorkspaceImages } from './workspace-images.js';
import { readWorkspaceVersions } from './workspace-versions.js';

const files = normalizePluginOptions({});
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'image-versions-requests-'));
  const container = (root: string, options: object = {}) => ({
    data: {
      root,
      targets: {
        'publish-image': {
          executor: '@image-versions/nx:publish-image',
          options: { dockerfile: `${root}/Dockerfile`, ...options },
        },
      },
    },
  });
  const nodes = { app: container('apps/app'), db: container('db', { varPrefix: 'database' }) };
  writeFileSync(join(folder, 'project-graph.json'), JSON.stringify({ nodes }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const read = (versions: string) => {
  writeFileSync(join(folder, files.versionsFile), versions);
  return readWorkspaceVersions(folder, folder, files);
};
const onNx = (version: string) => readWorkspaceVersions(folder, folder, files, async () => version);

describe('what the version files ask of the containers', () => {
  it('is found by key, under the prefix that the options give', async () => {
    const { requests } = await read('app_VER="v1.0.0"\nexport database_VER="v1.0.0"\n');
    expect(requests).toEqual(
      new Map([
        [containerKey('apps/app'), { held: false, fresh: 0 }],
        [containerKey('db'), { held: true, fresh: 0 }],
      ]),
    );
  });

  it('comes with the versions that they stand at, but for what is held or was never published', async () => {
    const standing = async (versions: string) => (await read(versions)).standing;
    const app = { image: 'oci:.image-registry/app', tag: 'v1.0.0' };
    expect(await standing('app_VER="v1.0.0"\nexport database_VER="v1.0.0"\n')).toEqual([app]);
    expect(await standing('')).toEqual([]);
  });

  it('is an error with the line where a pin is not understood', async () => {
    await expect(read('app_VER="$(whoami)"\n')).rejects.toThrow('image_versions.src, line 1');
  });
});

describe('the images of the workspace', () => {
  it('have a project, a prefix and a name, and nothing that the version files do not take', async () => {
    const { images } = await readWorkspaceImages(folder);
    expect(images).toEqual([
      { project: 'app', prefix: 'app', image: expect.stringContaining('app') },
      { project: 'db', prefix: 'database', image: expect.stringContaining('db') },
    ]);
  });

  it('is an error that names the container whose inputs are not those of the plugin', async () => {
    const target = { executor: '@image-versions/nx:publish-image', cache: true, inputs: ['production'] };
    const nodes = { app: { data: { root: 'app', targets: { 'publish-image': target } } } };
    writeFileSync(join(folder, 'project-graph.json'), JSON.stringify({ nodes }));
    await expect(read('')).rejects.toThrow(/Inputs of app:publish-image: expected those of the plugin/);
  });

  it('is an error that names the container that does not depend on the version files, where Nx selects tasks', async () => {
    const withDependencies = (dependsOn: unknown[]) => {
      const target = { executor: '@image-versions/nx:publish-image', dependsOn };
      const nodes = { app: { data: { root: 'app', targets: { 'publish-image': target } } } };
      writeFileSync(join(folder, 'project-graph.json'), JSON.stringify({ nodes }));
    };
    withDependencies(['build', 'test']);
    await expect(onNx('24.0.6')).rejects.toMatchObject({
      message: expect.stringContaining('dependsOn of app:publish-image: expected image-versions-pins:pins among it'),
      hint: expect.stringContaining('["...", "test"]'),
    });
    await expect(onNx('23.3.2')).resolves.toBeDefined();
    withDependencies(['build', { projects: ['image-versions-pins'], target: 'pins' }, 'test']);
    await expect(onNx('24.0.6')).resolves.toBeDefined();
  });

  it('is an error that names the container whose project has a name that the version files do not take', async () => {
    const options = { dockerfile: 'Dockerfile', imageName: 'my-app' };
    const targets = { 'publish-image': { executor: '@image-versions/nx:publish-image', options } };
    writeFileSync(
      join(folder, 'project-graph.json'),
      JSON.stringify({ nodes: { 'my app': { data: { root: 'a', targets } } } }),
    );
    await expect(read('')).rejects.toThrow('Names of project "my app": project: expected a project name of letters');
  });

  it('is an error that names both containers that publish under one name, be it by its case alone', async () => {
    const options = { dockerfile: 'Dockerfile' };
    const targets = { 'publish-image': { executor: '@image-versions/nx:publish-image', options } };
    const nodes = { api: { data: { root: 'a', targets } }, API: { data: { root: 'b', targets } } };
    writeFileSync(join(folder, 'project-graph.json'), JSON.stringify({ nodes }));
    await expect(read('')).rejects.toThrow('Projects API and api both publish oci:.image-registry/api');
  });

  it('is an error that names the container whose version files are not those of the workspace', async () => {
    const withOptions = (options: object) => {
      const target = { executor: '@image-versions/nx:publish-image', options };
      const nodes = { app: { data: { root: 'app', targets: { 'publish-image': target } } } };
      writeFileSync(join(folder, 'project-graph.json'), JSON.stringify({ nodes }));
    };
    withOptions({ versionsFile: 'app/pins.src', varsFile: './image_vars.src' });
    await expect(read('')).rejects.toThrow(/versionsFile of project app: expected image_versions.src.*app\/pins.src$/);
    withOptions({ versionsFile: './image_versions.src' });
    await expect(read('')).resolves.toBeDefined();
  });
});
