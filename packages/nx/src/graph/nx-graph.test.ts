import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containersOf, leadsToImages, readContainerNodes } from './nx-graph.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-versions-nx-'));
});
afterEach(() => rm(folder, { recursive: true }));

const images = ['publish-image'];
const withTargets = (targets: object) =>
  writeFile(join(folder, 'project-graph.json'), JSON.stringify({ nodes: { a: { data: { root: 'a', targets } } } }));

describe('a target leads to an image target', () => {
  it('through the targets between them', async () => {
    await withTargets({
      'publish-image': {},
      deploy: { dependsOn: ['^publish-image'] },
      release: { dependsOn: [{ target: 'deploy', projects: ['a'] }] },
      test: {},
    });
    expect(leadsToImages(['test', 'release'], images, folder)).toBe(true);
    expect(leadsToImages(['deploy'], images, folder)).toBe(true);
    expect(leadsToImages(['test'], images, folder)).toBe(false);
  });

  it('not by having one beside it', async () => {
    await withTargets({ 'publish-image': { dependsOn: ['build'] }, build: {} });
    expect(leadsToImages(['build'], images, folder)).toBe(false);
  });

  it('not by being run by an executor of that name', async () => {
    await withTargets({ 'publish-image': { executor: '@image-versions/nx:publish-image', dependsOn: [] }, test: {} });
    expect(leadsToImages(['test'], images, folder)).toBe(false);
  });

  it('of a project with any name', async () => {
    await withTargets({ deploy: { dependsOn: ['größe:publish-image'] } });
    expect(leadsToImages(['deploy'], images, folder)).toBe(true);
  });

  it('by a pattern that it may match', async () => {
    await withTargets({
      'publish-image': {},
      ship: { dependsOn: ['publish-*'] },
      all: { dependsOn: [{ projects: ['a'], target: '*-image' }] },
      make: { dependsOn: ['^build-*', 'publish-docs'], inputs: ['{projectRoot}/**/*'] },
    });
    expect(leadsToImages(['ship'], ['build-image', ...images], folder)).toBe(true);
    expect(leadsToImages(['all'], images, folder)).toBe(true);
    expect(leadsToImages(['make'], images, folder)).toBe(false);
  });

  it('not where there is no graph yet', () => {
    expect(leadsToImages(['deploy'], images, folder)).toBe(false);
  });
});

it('the containers are read anew when Nx has made another graph', async () => {
  const target = { executor: '@image-versions/nx:publish-image' };
  await withTargets({ ship: target });
  expect(await readContainerNodes(folder)).toMatchObject([{ publishTarget: 'ship' }]);
  await rm(join(folder, 'project-graph.json'));
  await withTargets({ send: target });
  expect(await readContainerNodes(folder)).toMatchObject([{ publishTarget: 'send' }]);
});

it('a container is found by its executor, whatever its target is called', () => {
  const target = { executor: '@image-versions/nx:publish-image', options: { varPrefix: 'x' } };
  const nodes = { b: { data: { root: 'b', targets: { ship: target } } }, a: { data: { root: 'a', targets: {} } } };
  expect(containersOf(nodes)).toEqual([
    {
      project: 'b',
      root: 'b',
      publishTarget: 'ship',
      options: { varPrefix: 'x' },
      lacksInputs: false,
      lacksPins: false,
    },
  ]);
});

describe('the inputs of a container are those of the plugin', () => {
  const own = ['imageSources', '^default', { env: 'IMAGE_VERSIONS_RULES' }, { env: 'IMAGE_VERSIONS_RUN' }];
  const lacks = (target: object) => {
    const ship = { executor: '@image-versions/nx:publish-image', cache: true, ...target };
    return containersOf({ a: { data: { root: 'a', targets: { ship } } } })[0]?.lacksInputs;
  };

  it('where more were added to them', () => {
    expect(lacks({ inputs: [...own, '{workspaceRoot}/x'] })).toBe(false);
  });

  it('not where others have taken their place, or none are', () => {
    expect(lacks({ inputs: ['production', '^production'] })).toBe(true);
    expect(lacks({ inputs: own.slice(0, 3) })).toBe(true);
    expect(lacks({})).toBe(true);
  });

  it('or of no matter, where its result is not kept', () => {
    expect(lacks({ cache: false })).toBe(false);
  });
});

it.each([
  [false, undefined],
  [false, ['build', { projects: ['image-versions-pins'], target: 'pins' }, 'test']],
  [false, ['image-versions-pins:pins']],
  [true, ['build', '^build', 'test']],
  [true, []],
])('whether a container lacks the task of the version files is %s for dependsOn %j', (lacksPins, dependsOn) => {
  const ship = { executor: '@image-versions/nx:publish-image', ...(dependsOn && { dependsOn }) };
  expect(containersOf({ a: { data: { root: 'a', targets: { ship } } } })).toMatchObject([{ lacksPins }]);
});

it('the options of a container are those of its default configuration, so that all targets mean one image', () => {
  const target = {
    executor: '@image-versions/nx:publish-image',
    options: { registry: 'a.example/x', stage: 'run' },
    configurations: { prod: { registry: 'b.example/x' }, other: { stage: 'other' } },
    defaultConfiguration: 'prod',
  };
  const [container] = containersOf({ a: { data: { root: 'a', targets: { 'publish-image': target } } } });
  expect(container?.options).toEqual({ registry: 'b.example/x', stage: 'run' });
});
