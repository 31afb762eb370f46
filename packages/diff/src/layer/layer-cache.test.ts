import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOfText, file } from '../testing/literal-tree.js';
import type { LayerIndex } from './entry.js';
import { defaultLayerCacheFolder, openLayerCache, prune } from './layer-cache.js';

const layer = (name: string): LayerIndex => ({
  diffId: digestOfText(name),
  sizeBytes: 10,
  entries: [file('a', 'text', { normal: { rule: 'r', digest: digestOfText('n') }, xattrs: { 'user.a': '00ff' } })],
  whiteouts: ['b'],
  opaque: ['c'],
});

describe('the cache of layer indexes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layer-cache-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const indexes = async () => (await readdir(folder)).filter((name) => name.endsWith('.gz'));

  it('gives back what was written, also to another process', async () => {
    await openLayerCache(folder, 'one').write(layer('x'));
    expect(await openLayerCache(folder, 'one').read(layer('x').diffId)).toEqual(layer('x'));
  });

  it('has nothing of other inspectors, other layers and folders that are not there', async () => {
    await openLayerCache(folder, 'one').write(layer('x'));
    expect(await openLayerCache(folder, 'two').read(layer('x').diffId)).toBeUndefined();
    expect(await openLayerCache(folder, 'one').read(layer('y').diffId)).toBeUndefined();
    expect(await openLayerCache(join(folder, 'none'), 'one').read(layer('x').diffId)).toBeUndefined();
  });

  it.each([
    ['cut off', (path: string) => truncate(path, 60)],
    ['empty', (path: string) => truncate(path, 0)],
    ['of another layer', (path: string) => writeFile(path, gzipSync(JSON.stringify(layer('y'))))],
    ['something else', (path: string) => writeFile(path, gzipSync('{"entries":[null]}'))],
  ])('has nothing where a file is %s, and takes a new one', async (_, damage) => {
    const cache = openLayerCache(folder, 'one');
    await cache.write(layer('x'));
    for (const name of await indexes()) await damage(join(folder, name));
    expect(await cache.read(layer('x').diffId)).toBeUndefined();
    await cache.write(layer('x'));
    expect(await cache.read(layer('x').diffId)).toEqual(layer('x'));
  });

  it('is whole when many write the same layer at once, and leaves no draft', async () => {
    const caches = Array.from({ length: 8 }, () => openLayerCache(folder, 'one'));
    await Promise.all(caches.map((cache) => cache.write(layer('x'))));
    expect(await caches[0]?.read(layer('x').diffId)).toEqual(layer('x'));
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('does not fail where it cannot write', async () => {
    const path = join(folder, 'file');
    await writeFile(path, '');
    await openLayerCache(path, 'one').write(layer('x'));
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('loses what was used longest ago first, and drafts of killed processes', async () => {
    const cache = openLayerCache(folder, 'one');
    for (const name of ['x', 'y', 'z']) await cache.write(layer(name));
    for (const name of await indexes()) await utimes(join(folder, name), 1000, 1000);
    await cache.read(layer('y').diffId);
    await writeFile(join(folder, 'a.v1.gz.1-2.tmp'), '');
    await utimes(join(folder, 'a.v1.gz.1-2.tmp'), 1000, 1000);
    await prune(folder, Date.now(), 1000);
    expect(await indexes()).toHaveLength(3);
    await prune(folder, Date.now(), 400);
    expect(await cache.read(layer('y').diffId)).toBeDefined();
    expect(await readdir(folder)).not.toContain('a.v1.gz.1-2.tmp');
    await prune(folder, Date.now(), 0);
    expect(await indexes()).toEqual([]);
  });
});

describe('the folder of the cache', () => {
  it('is what the environment says, else in the cache folder of the user', () => {
    expect(defaultLayerCacheFolder({ IMAGE_VERSIONS_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c');
    expect(defaultLayerCacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/image-versions/layers');
    expect(defaultLayerCacheFolder({ XDG_CACHE_HOME: '' })).toMatch(/\/\.cache\/image-versions\/layers$/);
  });
});
