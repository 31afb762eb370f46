import { addProjectConfiguration, readJson, readNxJson, type Tree, writeJson } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseDockerfile } from '../../graph/dockerfile.js';
import { contextSources, externalImages } from '../../graph/dockerfile-values.js';
import containerGenerator, { type ContainerGeneratorOptions } from './generator.js';
import { kinds } from './kinds/index.js';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

const container = (options: ContainerGeneratorOptions) => containerGenerator(tree, { skipFormat: true, ...options });
const read = (path: string) => tree.read(path, 'utf8') ?? '';
const names = Object.keys(kinds);

describe('a container in a new folder', () => {
  it.each(names)('of %s runs a first program, and not as root', async (kind) => {
    await container({ directory: 'apps/hello', kind, port: 9000 });
    const dockerfile = read('apps/hello/Dockerfile');
    expect(dockerfile).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(dockerfile).toMatch(/^EXPOSE 9000$/m);
    expect(tree.children('apps/hello').length).toBeGreaterThan(2);
    expect(read('apps/hello/.dockerignore')).toContain('**/.env*\n');
  });

  it.each(names)('of %s copies only files that are there', async (kind) => {
    await container({ directory: 'apps/hello', kind });
    for (const source of contextSources(await parseDockerfile(read('apps/hello/Dockerfile')), {})) {
      expect(tree.exists(`apps/hello/${source}`), source).toBe(true);
    }
  });

  it.each(names)('of %s has a base that is pinned to a version', async (kind) => {
    await container({ directory: 'apps/hello', kind });
    const references = externalImages(await parseDockerfile(read('apps/hello/Dockerfile')), {});
    for (const reference of references) expect(reference).toMatch(/:\d+/);
  });

  it.each(names.filter((name) => name !== 'java'))('of %s runs no command while it is built', async (kind) => {
    await container({ directory: 'apps/hello', kind });
    expect(read('apps/hello/Dockerfile')).not.toMatch(/^RUN/m);
  });

  it('adds the plugin where nx.json lacks it', async () => {
    await container({ directory: 'apps/hello', kind: 'static' });
    expect(readNxJson(tree)?.plugins).toEqual(['@image-versions/nx']);
  });

  it('needs no project.json, unless another project has its name', async () => {
    await container({ directory: 'apps/hello', kind: 'static' });
    expect(tree.exists('apps/hello/project.json')).toBe(false);
    addProjectConfiguration(tree, 'web', { root: 'libs/web' });
    await container({ directory: 'apps/web', kind: 'static' });
    expect(readJson(tree, 'apps/web/project.json')).toEqual({ name: 'apps-web' });
  });

  it('has the base that is asked for', async () => {
    await container({ directory: 'apps/hello', kind: 'static', base: 'scratch' });
    expect(read('apps/hello/Dockerfile')).toBe('FROM scratch\nCOPY public /srv/www\n');
    expect(tree.exists('apps/hello/nginx.conf')).toBe(false);
  });
});

describe('a container of a project', () => {
  beforeEach(() => addProjectConfiguration(tree, 'api', { root: 'apps/api', targets: { build: {} } }));

  it('is found by its name, and gets no program', async () => {
    await container({ project: 'api', kind: 'node' });
    expect(read('apps/api/Dockerfile')).toContain('COPY dist ./dist\n');
    expect(read('apps/api/Dockerfile')).toContain('CMD ["node", "dist/main.js"]');
    expect(tree.exists('apps/api/server.mjs')).toBe(false);
  });

  it('is never written over without --force, not even in part', async () => {
    tree.write('apps/api/.dockerignore', 'mine\n');
    await expect(container({ project: 'api', kind: 'node' })).rejects.toThrow(/apps\/api\/\.dockerignore.*\n.*--force/);
    expect(tree.exists('apps/api/Dockerfile')).toBe(false);
    await container({ project: 'api', kind: 'node', force: true });
    expect(read('apps/api/.dockerignore')).not.toContain('mine');
  });

  it.each([{ project: 'none' }, { directory: '../out' }, {}])('is refused for %o', async (where) => {
    await expect(container({ ...where, kind: 'node' })).rejects.toThrow(/nx g @image-versions\/nx:container/);
  });

  it('is refused for a kind that there is not', async () => {
    await expect(container({ project: 'api', kind: 'cobol' })).rejects.toThrow(/node, python, java, ruby, static/);
  });
});

describe('dependencies', () => {
  const manifest = { name: 'api', main: './src/main.js', dependencies: { ms: '2' } };
  beforeEach(() => writeJson(tree, 'apps/api/package.json', manifest));

  it('of node are those of its lockfile, which itself is not in the image', async () => {
    tree.write('apps/api/package-lock.json', '{}');
    await container({ directory: 'apps/api', kind: 'node' });
    expect(read('apps/api/Dockerfile')).toBe(
      [
        'FROM node:24-slim AS dependencies',
        'WORKDIR /app',
        'COPY package.json package-lock.json ./',
        'RUN npm ci --omit=dev',
        '',
        'FROM node:24-slim',
        'WORKDIR /app',
        'COPY --from=dependencies /app/node_modules ./node_modules',
        'COPY package.json ./package.json',
        'COPY src ./src',
        'ENV NODE_ENV=production',
        'ENV PORT=3000',
        'USER 10001:10001',
        'EXPOSE 3000',
        'CMD ["node", "src/main.js"]',
        '',
      ].join('\n'),
    );
  });

  it('of node are those of the lockfile of the workspace, where the project has none', async () => {
    tree.write('package-lock.json', '{}');
    await container({ directory: 'apps/api', kind: 'node' });
    expect(read('apps/api/Dockerfile')).toContain('RUN npm ci --omit=dev --workspace=apps/api');
    expect(tree.exists('apps/api/Dockerfile.dockerignore')).toBe(true);
    expect(readJson(tree, 'apps/api/package.json')).toEqual({
      ...manifest,
      nx: { targets: { 'publish-image': { options: { context: '.' } } } },
    });
  });

  it('of python are installed apart from the program', async () => {
    tree.write('apps/py/requirements.txt', 'flask==3.1.0\n');
    tree.write('apps/py/app.py', '');
    await container({ directory: 'apps/py', kind: 'python' });
    expect(read('apps/py/Dockerfile')).toMatch(
      /AS dependencies[\s\S]*requirements\.txt[\s\S]*COPY --from=dependencies/,
    );
    expect(read('apps/py/Dockerfile')).toContain('CMD ["python3", "app.py"]');
  });

  it('of ruby are those of its lockfile', async () => {
    tree.write('apps/rb/Gemfile', '');
    tree.write('apps/rb/Gemfile.lock', '');
    tree.write('apps/rb/config.ru', '');
    await container({ directory: 'apps/rb', kind: 'ruby' });
    expect(read('apps/rb/Dockerfile')).toContain('FROM ruby:3.4 AS gems\n');
    expect(read('apps/rb/Dockerfile')).toContain('CMD ["bundle", "exec", "rackup"]');
  });

  it('of java are in the jar that Gradle makes', async () => {
    tree.write('apps/app/build.gradle.kts', '');
    await container({ directory: 'apps/app', kind: 'java' });
    expect(read('apps/app/Dockerfile')).toContain('COPY build/libs/*.jar ./app.jar\n');
    expect(read('apps/app/.dockerignore')).not.toMatch(/^build$/m);
  });
});
