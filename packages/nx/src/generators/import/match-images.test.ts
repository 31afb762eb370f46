import { describe, expect, it } from 'vitest';
import { imageNames } from './image-names.js';
import { matchImages } from './match-images.js';

const file = (root: string, project = root.split('/').at(-1) ?? root) => ({
  path: `${root}/Dockerfile`,
  root,
  project,
});
const image = (name: string, more: object = {}) => ({ name, prefix: name.replaceAll('-', ''), ...more });
const pairs = (...input: Parameters<typeof matchImages>) =>
  matchImages(...input).matched.map((match) => `${match.image.name} ${match.dockerfile.root} ${match.folder}`);

describe('an image has the Dockerfile', () => {
  it.each([
    ['that its variable names', image('a', { dockerfile: './x/y/Dockerfile' }), 'x/y', 'x/y'],
    ['in the folder that the comment names', image('a', { folder: './x/y' }), 'x/y', 'x/y'],
    ['below the folder that the comment names', image('a', { folder: 'x' }), 'x/src/docker', 'x'],
    ['in the folder of its name', image('svc-a'), 'domain/svc-a', 'domain/svc-a'],
    ['in the folder of its prefix', { name: 'cc', prefix: 'ccapp' }, 'domain/cc-app', 'domain/cc-app'],
    ['below the folder of its name', image('app'), 'app/src/docker', 'app'],
  ])('%s', (_, old, root, folder) => {
    expect(pairs([old], [file(root), file('other')])).toEqual([`${old.name} ${root} ${folder}`]);
  });

  it('of the project of its name', () => {
    expect(pairs([image('api')], [file('services/x', 'api')])).toEqual(['api services/x services/x']);
  });
});

it('no choice is made between two Dockerfiles', () => {
  const { matched, ambiguous, missing, unlisted } = matchImages([image('db')], [file('db'), file('old/db')]);
  expect([matched, missing]).toEqual([[], []]);
  expect(ambiguous[0]?.candidates.map(({ root }) => root)).toEqual(['db', 'old/db']);
  expect(unlisted).toHaveLength(2);
});

it('no choice is made between two images', () => {
  const { matched, ambiguous } = matchImages([image('a', { folder: 'x' }), image('b', { folder: 'x' })], [file('x')]);
  expect(matched).toEqual([]);
  expect(ambiguous).toHaveLength(2);
});

it('images without a Dockerfile and Dockerfiles without an image are told', () => {
  const { missing, unlisted } = matchImages([image('a'), image('b')], [file('a'), file('c')]);
  expect(missing.map(({ name }) => name)).toEqual(['b']);
  expect(unlisted.map(({ root }) => root)).toEqual(['c']);
});

describe('names of images', () => {
  const named = (...names: [string, string | undefined][]) =>
    imageNames(names.map(([project, published]) => ({ project, published })));

  it('are one pattern, with the exceptions by project', () => {
    const names = named(['web', 'shop-web'], ['db', 'shop-db'], ['old', 'legacy'], ['new', undefined]);
    expect(names).toEqual({ registry: undefined, imageName: 'shop-{projectName}', own: new Map([['old', 'legacy']]) });
  });

  it('are those of the projects where none is published under another', () => {
    expect(named(['web', 'web'], ['db', undefined]).imageName).toBe('{projectName}');
  });

  it('give the registry where they all begin with one', () => {
    const both = named(['web', 'ghcr.io/acme/mono/shop-web'], ['db', 'ghcr.io/acme/mono/shop-db']);
    expect([both.registry, both.imageName]).toEqual(['ghcr.io/acme/mono', 'shop-{projectName}']);
    expect(named(['web', 'a.io/x/web'], ['db', 'b.io/x/db']).registry).toBeUndefined();
  });
});
