import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import { MEDIA_TYPES } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { buildImage, buildIndex, pushImage } from '../testing/image-builder.js';
import { describeRepositoryContract } from '../testing/repository-contract.js';
import { openOciLayout } from './oci-layout.js';
import { openRepositoryImages } from './repository-images.js';

const root = await mkdtemp(join(tmpdir(), 'oci-layout-'));
afterAll(() => rm(root, { recursive: true, force: true }));
let count = 0;
const freshFolder = (): string => join(root, String(++count), 'app');

describeRepositoryContract('an OCI layout', async () => {
  const place = freshFolder();
  return { repository: (name) => openOciLayout(join(place, name), { name: `oci:${name}` }) };
});

const image = (content: string) => buildImage({ layers: [[{ path: 'f', content }]] });
const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('an OCI layout on disk', () => {
  it('has the files of the specification, and no drafts', async () => {
    const folder = freshFolder();
    const one = image('1');
    await pushImage(openOciLayout(folder), one, 'v1');
    expect(await readJson(join(folder, 'oci-layout'))).toEqual({ imageLayoutVersion: '1.0.0' });
    const { mediaType, digest, size } = one.manifest.descriptor;
    expect(await readJson(join(folder, 'index.json'))).toEqual({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.ociIndex,
      manifests: [{ mediaType, digest, size, annotations: { 'org.opencontainers.image.ref.name': 'v1' } }],
    });
    expect(await readdir(join(folder, 'blobs/sha256'))).toHaveLength(3);
    expect(await readdir(join(folder, '.drafts'))).toEqual([]);
  });
  it('is not made by reading', async () => {
    const folder = freshFolder();
    const repository = openOciLayout(folder);
    expect([await repository.tags(), await repository.resolve('v1')]).toEqual([[], undefined]);
    expect(existsSync(folder)).toBe(false);
  });
  it('keeps all of many tags that are pushed at once', async () => {
    const folder = freshFolder();
    const tags = Array.from({ length: 24 }, (_, i) => `v${i}`);
    await Promise.all(
      tags.map((tag) => pushImage(openOciLayout(folder), image(String(Number(tag.slice(1)) % 5)), tag)),
    );
    expect((await openOciLayout(folder).tags()).sort()).toEqual(tags.sort());
    expect((await readdir(folder)).sort()).toEqual(['.drafts', 'blobs', 'index.json', 'oci-layout']);
  });
  it('waits for the lock of another machine, and takes it over when it is old', async () => {
    const folder = freshFolder();
    await pushImage(openOciLayout(folder), image('1'), 'v1');
    const lock = join(folder, '.drafts/index.json.lock');
    await writeFile(lock, '{"pid":1,"startedMs":1,"host":"elsewhere","id":"x"}');
    const impatient = openOciLayout(folder, { lock: { waitMs: 50 } });
    await expect(pushImage(impatient, image('2'), 'v2')).rejects.toMatchObject({ code: 'conflict' });
    expect(await impatient.tags()).toEqual(['v1']);
    await utimes(lock, 0, 0);
    await pushImage(impatient, image('2'), 'v2');
    expect(await impatient.tags()).toEqual(['v1', 'v2']);
  });
  it('removes what writers left that were killed long ago', async () => {
    const folder = freshFolder();
    await mkdir(join(folder, '.drafts'), { recursive: true });
    await writeFile(join(folder, '.drafts/old'), 'x');
    await writeFile(join(folder, '.drafts/new'), 'x');
    await utimes(join(folder, '.drafts/old'), 0, 0);
    await pushImage(openOciLayout(folder), image('1'), 'v1');
    expect(await readdir(join(folder, '.drafts'))).toEqual(['new']);
  });
  it('finds a manifest in an index by its digest, and keeps foreign fields', async () => {
    const folder = freshFolder();
    const repository = openOciLayout(folder);
    const [one, two] = [image('1'), image('2')];
    await pushImage(repository, one);
    await pushImage(repository, two);
    await repository.pushManifest(buildIndex([one, two]), 'all');
    const index = await readJson(join(folder, 'index.json'));
    const manifests = index.manifests.filter((entry: { annotations?: object }) => entry.annotations !== undefined);
    await writeFile(join(folder, 'index.json'), JSON.stringify({ ...index, manifests, annotations: { kept: 'yes' } }));
    expect(await repository.resolve(two.manifest.descriptor.digest)).toEqual(two.manifest.descriptor);
    await pushImage(repository, one, 'one');
    expect(await readJson(join(folder, 'index.json'))).toMatchObject({ annotations: { kept: 'yes' } });
  });
  it('takes a blob over without copying it', async () => {
    const [a, b] = [
      openOciLayout(join(root, 'm/a'), { name: 'oci:m/a' }),
      openOciLayout(join(root, 'm/b'), { name: 'oci:m/b' }),
    ];
    const one = image('1');
    await pushImage(a, one, 'v1');
    expect(await b.mountBlob(one.config.descriptor, a.name)).toBe(true);
    expect(await b.mountBlob(one.config.descriptor, `oci:${join(root, 'm/a')}`)).toBe(true);
  });
});

describe('a hostile OCI layout', () => {
  async function layout(files: Record<string, string | Uint8Array>): Promise<string> {
    const folder = freshFolder();
    await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
    const all = { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}', ...files };
    for (const [path, content] of Object.entries(all)) await writeFile(join(folder, path), content);
    return folder;
  }
  const indexOf = (entry: object) => JSON.stringify({ schemaVersion: 2, manifests: [entry] });
  const tagged = { annotations: { 'org.opencontainers.image.ref.name': 'v1' } };

  it.each(['sha256:../../../etc/passwd', '../../etc/passwd', `sha256:${'0'.repeat(63)}/`])(
    'refuses the digest %s',
    async (digest) => {
      const repository = openOciLayout(
        await layout({ 'index.json': indexOf({ mediaType: MEDIA_TYPES.ociManifest, digest, size: 1, ...tagged }) }),
      );
      await expect(repository.resolve('v1')).rejects.toMatchObject({ code: 'invalid' });
      await expect(repository.resolve(digest)).rejects.toMatchObject({ code: 'invalid' });
      const descriptor = { digest: digest as Digest, size: 1 };
      await expect((async () => repository.hasBlob(descriptor))()).rejects.toMatchObject({ code: 'invalid' });
      await expect((async () => repository.fetchBlob(descriptor))()).rejects.toMatchObject({ code: 'invalid' });
      await expect(repository.pushBlob(descriptor, () => oneChunk(Buffer.from('x')))).rejects.toMatchObject({
        code: 'invalid',
      });
    },
  );
  it('gives out no file behind a link that is not the blob it is named as', async () => {
    const digest = sha256Digest('x');
    const folder = await layout({});
    await symlink('/etc/hostname', join(folder, 'blobs/sha256', digest.slice(7)));
    const stream = await openOciLayout(folder).fetchBlob({ digest, size: 1 });
    await expect(readAll(stream, 100, 'blob')).rejects.toMatchObject({ code: 'mismatch' });
  });
  it('is an error of its own kind where it is broken', async () => {
    const codes: Record<string, Record<string, string>> = {
      invalid: { 'index.json': '{' },
      limit: { 'index.json': ' '.repeat(5_000_000) },
      unsupported: { 'oci-layout': '{"imageLayoutVersion":"2.0.0"}' },
    };
    for (const [code, files] of Object.entries(codes)) {
      await expect(openOciLayout(await layout(files)).tags()).rejects.toMatchObject({ code });
    }
    await expect(openOciLayout('/etc').tags()).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/no file oci-layout/),
    });
    await expect(openOciLayout('/etc/hostname').tags()).rejects.toMatchObject({ code: 'invalid' });
    await expect(pushImage(openOciLayout('/etc'), image('1'), 'v1')).rejects.toMatchObject({ code: 'invalid' });
  });
  it('refuses a manifest beyond the bound', async () => {
    const bytes = Buffer.alloc(5_000_000, ' ');
    const digest = sha256Digest(bytes);
    const files = {
      'index.json': indexOf({ mediaType: MEDIA_TYPES.ociManifest, digest, size: bytes.length, ...tagged }),
    };
    const folder = await layout({ ...files, [`blobs/sha256/${digest.slice(7)}`]: bytes });
    await expect(openOciLayout(folder).fetchManifest('v1')).rejects.toMatchObject({ code: 'limit' });
  });
});

const hasSkopeo = (() => {
  try {
    return execFileSync('skopeo', ['--version'], { stdio: 'pipe' }).length > 0;
  } catch {
    return false;
  }
})();
const isRequired = process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1';
if (!hasSkopeo && !isRequired) console.warn('LEFT OUT: "an OCI layout and skopeo": install skopeo to run it');

describe.runIf(hasSkopeo || isRequired)('an OCI layout and skopeo', () => {
  const skopeo = (...args: string[]) =>
    execFileSync('skopeo', ['--insecure-policy', ...args], { encoding: 'utf8', stdio: 'pipe' });

  it('reads what is written here, tag by tag', async () => {
    const folder = freshFolder();
    const repository = openOciLayout(folder);
    const [one, two] = [image('1'), image('2')];
    await pushImage(repository, one, 'v1');
    await pushImage(repository, two, 'latest');
    await pushImage(repository, one, 'latest');
    const inspected = JSON.parse(skopeo('inspect', `oci:${folder}:latest`)) as { Digest: string };
    expect(inspected.Digest).toBe(one.manifest.descriptor.digest);
    const copy = join(root, 'skopeo-dir');
    skopeo('copy', '--preserve-digests', `oci:${folder}:v1`, `dir:${copy}`);
    expect(await readFile(join(copy, 'manifest.json'))).toEqual(Buffer.from(one.manifest.bytes));
  });
  it('writes what is read here, and keeps what was there', async () => {
    const [folder, other] = [freshFolder(), freshFolder()];
    const one = image('1');
    await pushImage(openOciLayout(folder), one, 'v1');
    await pushImage(openOciLayout(other), image('other'), 'other');
    skopeo('copy', '--preserve-digests', `oci:${folder}:v1`, `oci:${other}:v1`);
    const repository = openOciLayout(other);
    expect(await repository.tags()).toEqual(['other', 'v1']);
    const opened = await (await openRepositoryImages(repository, 'v1')).open(one.platform);
    const layers = await opened.readLayers(new Set(opened.config.diffIds), async (tar) =>
      sha256Digest(await readAll(tar, 10_000, 'layer')),
    );
    expect([...layers]).toEqual(one.layers.map(({ diffId }) => [diffId, diffId]));
  });
});
