import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NxJsonConfiguration, ProjectConfiguration } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { baseToken, builderToken } from '../options/token-names.js';
import { createImageNodes } from './create-nodes.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-versions-graph-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Projects by root, of a workspace with these files. */
async function projectsOf(
  files: Record<string, string>,
  options: object = {},
  nxJson: NxJsonConfiguration = {},
): Promise<Record<string, Partial<ProjectConfiguration>>> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const dockerfiles = Object.keys(files).filter((path) => /dockerfile|Containerfile/i.test(path));
  const context = { workspaceRoot: root, nxJsonConfiguration: nxJson };
  const results = await createImageNodes(dockerfiles, options, context, join(root, '.nx'));
  const projects: Record<string, Partial<ProjectConfiguration>> = {};
  for (const [at, project] of results.flatMap(([, result]) => Object.entries(result.projects ?? {}))) {
    const before = projects[at];
    projects[at] = {
      ...before,
      ...project,
      namedInputs: { ...before?.namedInputs, ...project.namedInputs },
      targets: { ...before?.targets, ...project.targets },
    };
  }
  return projects;
}

const inputsOf = (project: Partial<ProjectConfiguration> | undefined) => {
  const inputs = project?.targets?.['publish-image']?.inputs ?? [];
  return inputs.flatMap((input) => (input === 'imageSources' ? (project?.namedInputs?.imageSources ?? []) : [input]));
};

describe('a container', () => {
  it('is a folder with a Dockerfile, and has five targets', async () => {
    const projects = await projectsOf({ 'apps/app/Dockerfile': 'FROM a' });
    expect(projects['apps/app']?.name).toBe('app');
    expect(Object.keys(projects['apps/app']?.targets ?? {})).toEqual([
      'build-image',
      'diff-image',
      'publish-image',
      'pin',
      'unpin',
    ]);
  });

  it('keeps the name that a manifest gives it', async () => {
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a',
      'a/project.json': '{"name":"other"}',
      'b/Dockerfile': 'FROM a',
      'b/package.json': '{"name":"@acme/b"}',
    });
    expect([projects.a?.name, projects.b?.name]).toEqual([undefined, undefined]);
  });

  it('keeps the name that another plugin gives it', async () => {
    const files = { 'a/Dockerfile': 'FROM a', 'a/build.gradle': '' };
    const plugins = ['@nx/gradle', '@image-versions/nx'];
    expect((await projectsOf(files, {}, { plugins })).a?.name).toBeUndefined();
    expect((await projectsOf(files, {}, {})).a?.name).toBe('a');
  });

  it('is named by its path where two folders have one name', async () => {
    const projects = await projectsOf({ 'a/app/Dockerfile': 'FROM a', 'b/app/Dockerfile': 'FROM a' });
    expect([projects['a/app']?.name, projects['b/app']?.name]).toEqual(['a-app', 'b-app']);
  });

  it('is chosen by include and exclude', async () => {
    const files = { 'a/Dockerfile': 'FROM a', 'b/Dockerfile': 'FROM a', 'c/Containerfile': 'FROM a' };
    const projects = await projectsOf(files, { include: ['**/Dockerfile', '**/Containerfile'], exclude: ['b/**'] });
    expect(Object.keys(projects)).toEqual(['a', 'c', '.', '.image-versions']);
  });

  it('has targets by the names that the options give', async () => {
    const projects = await projectsOf(
      { 'a/Dockerfile': 'FROM a' },
      { publishTargetName: 'ship', pinTargetName: 'fix' },
    );
    expect(Object.keys(projects.a?.targets ?? {})).toEqual(expect.arrayContaining(['ship', 'fix']));
  });
});

describe('the hash of publish-image', () => {
  it('covers the production files where the workspace defines them', async () => {
    const projects = await projectsOf({ 'a/Dockerfile': 'FROM a' }, {}, { namedInputs: { production: ['default'] } });
    expect(inputsOf(projects.a)).toEqual(expect.arrayContaining(['production', '^production']));
  });

  it('covers the Dockerfile and what it copies by their paths', async () => {
    // Nx takes from {projectRoot} what any input leaves out of it, and the folders of other projects in it.
    const namedInputs = { production: ['default', '!{projectRoot}/**/*.md', '!{projectRoot}/tests/**'] };
    const files = { 'a/Dockerfile': 'FROM a\nCOPY tests part /x', 'a/part/project.json': '{"name":"part"}' };
    expect(inputsOf((await projectsOf(files, {}, { namedInputs })).a)).toEqual(
      expect.arrayContaining([
        '{workspaceRoot}/a/tests/**/*',
        '{workspaceRoot}/a/part/**/*',
        '{workspaceRoot}/a/Dockerfile',
      ]),
    );
  });

  it('covers what the Dockerfile copies of the outputs of tasks that it depends on, which git ignores', async () => {
    const projects = await projectsOf({ 'a/Dockerfile': 'FROM a\nCOPY dist /app' });
    expect(inputsOf(projects.a)).toContainEqual({
      dependentTasksOutputFiles: '{a/dist,a/dist/**/*}',
      transitive: true,
    });
  });

  it('covers files outside of the project, by the context in its project.json', async () => {
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a\nCOPY libs/x /x',
      'a/project.json': '{"name":"a","targets":{"publish-image":{"options":{"context":"."}}}}',
    });
    expect(inputsOf(projects.a)).toEqual(
      expect.arrayContaining(['{workspaceRoot}/libs/x/**/*', '{workspaceRoot}/.dockerignore']),
    );
  });

  it.each([
    ['executor', { '@image-versions/nx:publish-image': { options: { context: '.' } } }],
    ['target', { 'publish-image': { options: { context: '.' } } }],
    ['pattern', { 'publish-*': { options: { context: '.' } }, '*-image': { options: { context: 'b' } }, '*': {} }],
    ['target in a list', { 'publish-image': [{ options: { context: 'b' } }, { options: { context: '.' } }] }],
  ])('covers files of the context that the defaults of its %s name', async (_, targetDefaults) => {
    const files = { 'a/Dockerfile': 'FROM a\nCOPY libs/x /x' };
    const projects = await projectsOf(files, {}, { targetDefaults } as NxJsonConfiguration);
    expect(inputsOf(projects.a)).toContain('{workspaceRoot}/libs/x/**/*');
  });

  it.each([
    ['its default configuration', { defaultConfiguration: 'prod', configurations: { prod: { context: '.' } } }],
    [
      'a configuration that is not the default one',
      { options: { context: '.' }, configurations: { prod: { context: 'b' } } },
    ],
    ['a configuration in package.json', { defaultConfiguration: 'shared' }],
  ])('covers files of the context that %s leads to', async (_, target) => {
    const configurations = { shared: { context: '.' } };
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a\nCOPY libs/x /x',
      'a/project.json': JSON.stringify({ name: 'a', targets: { 'publish-image': target } }),
      'a/package.json': JSON.stringify({ nx: { targets: { 'publish-image': { configurations } } } }),
    });
    expect(inputsOf(projects.a)).toContain('{workspaceRoot}/libs/x/**/*');
  });

  it('covers what its own builder is on a machine, and not that of the workspace', async () => {
    const manifest = { name: 'a', targets: { 'publish-image': { options: { builder: 'docker' } } } };
    const files = { 'a/Dockerfile': 'FROM a', 'a/project.json': JSON.stringify(manifest), 'b/Dockerfile': 'FROM a' };
    const projects = await projectsOf(files, { builder: 'embedded' });
    expect(inputsOf(projects.a)).toContainEqual({ env: builderToken('docker') });
    expect(inputsOf(projects.b)).toContainEqual({ env: builderToken('embedded') });
  });

  it('covers files of the context in a project.json with comments, as Nx takes it', async () => {
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a\nCOPY libs/x /x',
      'a/project.json': '// of a\n{"name":"web","targets":{"publish-image":{"options":{"context":".",}}}}',
    });
    expect(inputsOf(projects.a)).toContain('{workspaceRoot}/libs/x/**/*');
    expect(projects.a?.name).toBeUndefined();
  });

  it('covers what options with the tokens of Nx lead to', async () => {
    const options = {
      context: '{workspaceRoot}',
      dockerfile: '{workspaceRoot}/docker/{projectName}.file',
      buildArgs: { APP: '{projectName}', FROM: 'bases/{projectName}' },
    };
    await mkdir(join(root, 'docker'));
    await writeFile(join(root, 'docker/a.file'), 'ARG FROM\nFROM $FROM\nARG APP\nCOPY out/$APP /x');
    const targetDefaults = { 'publish-image': { options } };
    const projects = await projectsOf({ 'apps/a/Dockerfile': 'FROM none' }, {}, { targetDefaults });
    const inputs = inputsOf(projects['apps/a']);
    expect(inputs).toContain('{workspaceRoot}/out/a/**/*');
    expect(inputs).toContainEqual({ env: baseToken('bases/a') });
  });

  it('covers further build contexts: folders by their files, images by their digests', async () => {
    const buildContexts = { shared: './libs/shared', tools: 'docker-image://acme/tools:1', far: 'https://x/y.git' };
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a\nCOPY --from=shared / /s\nCOPY --from=tools / /t',
      'a/project.json': JSON.stringify({ name: 'a', targets: { 'publish-image': { options: { buildContexts } } } }),
    });
    const inputs = inputsOf(projects.a);
    expect(inputs).toContain('{workspaceRoot}/libs/shared/**/*');
    expect(inputs).toContainEqual({ env: baseToken('acme/tools:1') });
    expect(inputs).not.toContainEqual({ env: baseToken('shared') });
  });

  it('covers what a link leads to that the Dockerfile copies, as builders follow it', async () => {
    await mkdir(join(root, 'a'));
    await symlink('../libs/shared', join(root, 'a/shared'));
    await symlink('/etc', join(root, 'a/etc'));
    const projects = await projectsOf({
      'a/Dockerfile': 'FROM a\nCOPY a/shared a/etc a/none /x',
      'a/project.json': '{"name":"a","targets":{"publish-image":{"options":{"context":"."}}}}',
    });
    const inputs = inputsOf(projects.a);
    expect(inputs).toContain('{workspaceRoot}/libs/shared/**/*');
    expect(inputs).not.toContain('{workspaceRoot}/etc');
  });

  it('covers a submodule that has a part of it, since a change in there is to git one of its folder', async () => {
    const projects = await projectsOf({
      '.gitmodules': '[submodule "v"]\n\tpath = vendor\n[submodule "o"]\n\tpath = others\n',
      'a/Dockerfile': 'FROM a\nCOPY vendor/lib /lib',
      'a/project.json': '{"targets":{"publish-image":{"options":{"context":"."}}}}',
      'vendor/b/Dockerfile': 'FROM a',
      'c/Dockerfile': 'FROM a',
    });
    for (const root of ['a', 'vendor/b']) expect(inputsOf(projects[root])).toContain('{workspaceRoot}/vendor');
    expect(inputsOf(projects.c)).not.toContain('{workspaceRoot}/vendor');
    for (const root of ['a', 'vendor/b', 'c']) expect(inputsOf(projects[root])).not.toContain('{workspaceRoot}/others');
  });

  it('covers no package beyond those of the project', async () => {
    expect(inputsOf((await projectsOf({ 'a/Dockerfile': 'FROM a' })).a)).toContainEqual({ externalDependencies: [] });
  });

  it('never covers the version files', async () => {
    const projects = await projectsOf({ Dockerfile: 'FROM a\nCOPY . .', 'package.json': '{"name":"all"}' });
    expect(inputsOf(projects['.'])).toEqual(
      expect.arrayContaining(['!{projectRoot}/image_versions.src', '!{projectRoot}/image_vars.src']),
    );
    const inApp = await projectsOf({ 'a/Dockerfile': 'FROM a\nCOPY . .' }, { versionsFile: 'a/v.src' });
    expect(inputsOf(inApp.a)).toEqual(expect.arrayContaining(['!{projectRoot}/v.src', '!{workspaceRoot}/a/v.src']));
  });
});

describe('the versions project', () => {
  it('is image-versions, where its folder is no project', async () => {
    const projects = await projectsOf({ 'a/Dockerfile': 'FROM a', 'package.json': '{"name":"root"}' });
    expect(projects['.']?.name).toBe('image-versions');
  });

  it('is the project of its folder, where there is one', async () => {
    const files = { 'a/Dockerfile': 'FROM a', 'package.json': '{"name":"root","nx":{}}' };
    expect((await projectsOf(files))['.']?.name).toBeUndefined();
    expect((await projectsOf(files, { versionsFile: 'a/image_versions.src' })).a?.name).toBe('a');
  });

  it('is not made for a workspace without containers', async () => {
    expect(await projectsOf({ 'package.json': '{}' })).toEqual({});
  });
});

it('names every wrong option at once', async () => {
  const wrong = projectsOf({}, { registry: 1, builder: 'kaniko', colour: 'red', versionsFile: '../x' });
  await expect(wrong).rejects.toThrow(/colour: no such option.*registry: expected a string.*builder.*versionsFile/);
});
