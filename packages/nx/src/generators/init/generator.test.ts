import { readNxJson, type Tree, updateNxJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { VERSIONS_FILE_INTRODUCTION } from '../../store/versions-file.js';
import initGenerator, { type InitOptions } from './generator.js';
import { withLockfileUpdates } from './lockfile-updates.js';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

const init = (options: InitOptions = {}) => initGenerator(tree, { skipFormat: true, ...options });
const plugins = () => readNxJson(tree)?.plugins;
/** What the generator leaves, by path. */
const changes = () => Object.fromEntries(tree.listChanges().map((change) => [change.path, String(change.content)]));

describe('init', () => {
  it('writes no options where all are the default', async () => {
    await init({ builder: 'auto', imageName: '{projectName}', imagePrefix: '', registry: '' });
    expect(plugins()).toEqual(['@image-versions/nx']);
  });

  it('writes the options that were given', async () => {
    await init({ registry: 'ghcr.io/acme/mono', builder: 'docker', imageName: 'services/{projectName}' });
    expect(plugins()).toEqual([
      {
        plugin: '@image-versions/nx',
        options: { registry: 'ghcr.io/acme/mono', builder: 'docker', imageName: 'services/{projectName}' },
      },
    ]);
  });

  it('makes a versions file that explains itself', async () => {
    await init();
    expect(tree.read('image_versions.src', 'utf8')).toBe(VERSIONS_FILE_INTRODUCTION);
  });

  it('leaves a versions file that is there byte for byte', async () => {
    tree.write('image_versions.src', 'app_VER="v1.0.0"\r\n# ours');
    await init();
    expect(tree.read('image_versions.src', 'utf8')).toBe('app_VER="v1.0.0"\r\n# ours');
  });

  it('keeps images, records and leftovers out of git, and line ends as shells read them', async () => {
    await init({ versionsFile: 'deploy/versions.src' });
    const ignored = tree.read('.gitignore', 'utf8')?.split('\n');
    expect(ignored).toEqual(
      expect.arrayContaining(['.image-registry', 'dist', '.versions.src.lock*', '.versions.src.tmp-*']),
    );
    expect(tree.read('.gitattributes', 'utf8')).toContain(
      '/deploy/versions.src text eol=lf\n/deploy/image_vars.src text eol=lf linguist-generated\n',
    );
  });

  it('adds to git files only what they lack', async () => {
    tree.write('.gitignore', 'node_modules\r\n/dist/\r\n');
    tree.write('.gitattributes', '*.png binary\nimage_versions.src eol=lf');
    await init();
    expect(tree.read('.gitignore', 'utf8')).toMatch(
      /^node_modules\r\n\/dist\/\r\n\r\n# @image-versions\/nx\r\n\.image-/,
    );
    expect(tree.read('.gitignore', 'utf8')?.match(/dist/g)).toHaveLength(1);
    expect(tree.read('.gitattributes', 'utf8')?.match(/image_versions\.src/g)).toHaveLength(1);
  });

  it.each([{}, { registry: 'ghcr.io/acme', builder: 'docker' as const, versionsFile: 'a/pins.src' }])(
    'changes nothing when run twice with %o',
    async (options) => {
      await init(options);
      const first = changes();
      await init(options);
      await init();
      expect(changes()).toEqual(first);
    },
  );

  it('takes over what is asked for, and keeps what nx.json has beside it', async () => {
    const entry = { plugin: '@image-versions/nx', options: { registry: 'a.io/b', context: '.' }, exclude: ['x/**'] };
    updateNxJson(tree, { plugins: ['@nx/gradle', entry] });
    await init({ registry: 'c.io/d' });
    expect(plugins()).toEqual([
      '@nx/gradle',
      { plugin: '@image-versions/nx', options: { registry: 'c.io/d', context: '.' }, exclude: ['x/**'] },
    ]);
  });

  it('changes nothing where an option makes no sense, and says how to go on', async () => {
    const before = changes();
    await expect(init({ versionsFile: '../pins.src' })).rejects.toThrow(/versionsFile: expected a path.*\n {2}Correct/);
    expect(changes()).toEqual(before);
  });
});

describe('a changed lockfile', () => {
  const auto = { pluginsConfig: { '@nx/js': { projectsAffectedByDependencyUpdates: 'auto' } } };

  it('affects the projects that depend on what changed', () => {
    expect(withLockfileUpdates({}, '23.0.0')).toEqual(auto);
    expect(withLockfileUpdates({}, '24.0.6')).toEqual(auto);
  });

  it('affects all where Nx would miss a change', () => {
    expect(withLockfileUpdates({}, '22.7.12')).toEqual({});
  });

  it('affects what nx.json says', async () => {
    const own = { pluginsConfig: { '@nx/js': { projectsAffectedByDependencyUpdates: 'all' } } };
    expect(withLockfileUpdates(own, '24.0.6')).toBe(own);
    updateNxJson(tree, {});
    await init({ keepLockfileUpdates: true });
    expect(readNxJson(tree)?.pluginsConfig).toBeUndefined();
    await init();
    expect(readNxJson(tree)?.pluginsConfig).toEqual(auto.pluginsConfig);
  });
});
