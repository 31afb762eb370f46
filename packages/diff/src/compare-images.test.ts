import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Image, type ImageSet, sha256Digest } from '@image-versions/oci';
import { type ImageLiteral, type MemoryImage, memoryImage } from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import { FINGERPRINT_ANNOTATION } from './compare/fingerprint.js';
import { compareImages, createPolicy } from './compare-images.js';
import { fingerprintAnnotations } from './fingerprint-image.js';

const policy = createPolicy();
const base = [
  { path: 'etc/', type: 'directory' as const },
  { path: 'etc/os-release', content: 'Linux' },
];
const copied = (files: Record<string, string>) => ({
  createdBy: 'COPY app /app # buildkit',
  files: Object.entries(files).map(([path, content]) => ({ path, content })),
});
const built = (files: Record<string, string>, rest: Partial<ImageLiteral> = {}) =>
  memoryImage({ layers: [base, copied(files)], ...rest });
/** As an engine has it: no manifest, all layers in one stream. */
const streamed = (image: MemoryImage): Image => ({
  ...image,
  manifestDigest: undefined,
  annotations: {},
  layers: undefined,
});

describe('two images', () => {
  it('are the same by their manifest, and nothing is read', async () => {
    const [before, after] = [built({ 'app/x': '1' }), built({ 'app/x': '1' })];
    const comparison = await compareImages(before, after, policy);
    expect(comparison).toMatchObject({ verdict: 'same', decidedBy: 'manifest-digest', changes: [] });
    expect([...before.layersRead, ...after.layersRead]).toEqual([]);
  });

  it('are the same by their config where one has no manifest', async () => {
    const after = built({ 'app/x': '1' });
    const comparison = await compareImages(built({ 'app/x': '1' }), streamed(after), policy);
    expect(comparison).toMatchObject({ verdict: 'same', decidedBy: 'config-digest' });
  });

  it.each([
    ['manifest', streamed],
    ['config', (image: MemoryImage) => ({ ...image, configDigest: undefined })],
  ])('are not taken to be the same where the digest of the %s is known of neither', async (_, as) => {
    const [before, after] = [as(built({ 'app/x': '1' })), as(built({ 'app/x': '2' }))];
    expect(await compareImages(before, after, policy)).toMatchObject({ verdict: 'changed', decidedBy: 'content' });
  });

  it('are told apart by their config alone where all layers are the same', async () => {
    const before = built({ 'app/x': '1' }, { config: { Env: ['A=1'] } });
    const after = built(
      { 'app/x': '1' },
      { config: { Env: ['A=2'] }, configFields: { created: '2026-01-01T00:00:00Z' } },
    );
    const comparison = await compareImages(before, after, policy);
    expect(comparison).toMatchObject({
      verdict: 'changed',
      decidedBy: 'layers-and-config',
      categories: ['configuration'],
      changes: [{ subject: 'ENV A', detail: '1 -> 2' }],
    });
    expect(before.layersRead).toEqual([]);
    const later = built(
      { 'app/x': '1' },
      { config: { Env: ['A=1'] }, configFields: { created: '2026-01-01T00:00:00Z' } },
    );
    expect(await compareImages(before, later, policy)).toMatchObject({
      verdict: 'same',
      decidedBy: 'layers-and-config',
    });
  });

  it('are told apart by the layers that they do not share', async () => {
    const [before, after] = [built({ 'app/x': '1' }), built({ 'app/x': '2' })];
    const comparison = await compareImages(before, after, policy);
    expect(comparison).toMatchObject({
      verdict: 'changed',
      decidedBy: 'content',
      categories: ['code'],
      changes: [{ subject: '/app/x', detail: 'content changed, 1 B as before' }],
    });
    expect([before.layersRead, after.layersRead]).toEqual([[before.config.diffIds[1]], [after.config.diffIds[1]]]);
  });

  it.each([
    { over: 'the root file system that it lies on', isCopied: false, verdict: 'same' },
    { over: 'what a Dockerfile copied there', isCopied: true, verdict: 'changed' },
  ])('say $verdict of a log over $over, whether the shared layers are known or not', async ({ isCopied, verdict }) => {
    const log = (content: string) => [{ path: 'var/log/dpkg.log', content }];
    const image = (text: string) =>
      memoryImage({
        layers: [
          { createdBy: 'ADD rootfs.tar / # buildkit', files: isCopied ? base : [...base, ...log('0')] },
          ...(isCopied ? [{ createdBy: 'COPY log /var/log # buildkit', files: log('0') }] : []),
          { createdBy: 'RUN apt-get install x # buildkit', files: log(text) },
        ],
      });
    const cacheFolder = await mkdtemp(join(tmpdir(), 'compare-images-'));
    try {
      expect(await compareImages(image('1'), image('2'), policy)).toMatchObject({ verdict });
      await fingerprintAnnotations(image('1'), policy, { cacheFolder });
      expect(await compareImages(image('1'), image('2'), policy, { cacheFolder })).toMatchObject({ verdict });
    } finally {
      await rm(cacheFolder, { recursive: true });
    }
  });

  it('need the shared layers only where one alone touches a path, and one of them is asked', async () => {
    const [before, after] = [built({ 'app/x': '1' }), built({ 'app/x': '1', 'etc/os-release': 'Linux' })];
    expect(await compareImages(before, after, policy)).toMatchObject({ verdict: 'same', decidedBy: 'content' });
    expect([before.layersRead.length, after.layersRead.length]).toEqual([1, 2]);
  });

  it('need the shared layers to say what was added, where more than one thing differs', async () => {
    const installed = (...names: string[]) => ({
      path: 'var/lib/dpkg/status',
      content: names.map((name) => `Package: ${name}\nStatus: install ok installed\nVersion: 1\n`).join('\n'),
    });
    const app = (content: string) => ({ createdBy: 'COPY . /app', files: [{ path: 'app/x', content }] });
    const before = memoryImage({ layers: [[installed('libc', 'bash')], app('1')] });
    const install = { createdBy: 'RUN apt-get install curl', files: [installed('libc', 'bash', 'curl')] };
    const after = memoryImage({ layers: [[installed('libc', 'bash')], install, app('2')] });
    const { changes } = await compareImages(before, after, policy);
    expect(changes.map(({ action, subject }) => `${action} ${subject}`)).toEqual(['modified /app/x', 'added curl']);
  });

  it('are passed over in a stream, or read without normal forms, if these play no part', async () => {
    const secrets = (day: string) => ({ path: 'etc/shadow', content: `root:*:${day}:0:99999:7:::\n`, mode: 0o640 });
    const shared = [...base, secrets('19000')];
    const rebuilt = (...files: { path: string; content: string; mode?: number }[]) =>
      memoryImage({ layers: [shared, { createdBy: 'RUN true', files }] });
    const before = rebuilt({ path: 'app/x', content: '1' });
    const compare = (after: MemoryImage) => compareImages(before, streamed(after), policy, { inspectAll: false });
    const other = rebuilt({ path: 'app/x', content: '2' });
    expect(await compare(other)).toMatchObject({ verdict: 'changed', changes: [{ subject: '/app/x' }] });
    expect(other.layersRead.length).toBe(1);
    const added = rebuilt({ path: 'app/x', content: '1' }, { path: 'app/y', content: '1' });
    expect(await compare(added)).toMatchObject({ verdict: 'changed', changes: [{ subject: '/app/y' }] });
    expect(added.layersRead.length).toBe(2);
    const otherDay = rebuilt({ path: 'app/x', content: '1' }, secrets('19001'));
    expect(await compare(otherDay)).toMatchObject({ verdict: 'same', noise: [{ rule: 'shadow-days', count: 1 }] });
    expect(otherDay.layersRead.length).toBe(3);
  });

  it('are the same however their layers are cut', async () => {
    const after = memoryImage({ layers: [base, copied({ 'app/x': '1' }), copied({ 'app/y': '2' })] });
    expect(await compareImages(built({ 'app/x': '1', 'app/y': '2' }), after, policy)).toMatchObject({
      verdict: 'same',
    });
  });

  it('give no verdict where a layer can not be read', async () => {
    const broken: Image = {
      ...built({ 'app/x': '2' }),
      readLayers: async () => {
        throw new Error('cut off');
      },
    };
    await expect(compareImages(built({ 'app/x': '1' }), broken, policy)).rejects.toThrow('cut off');
  });

  it('are compared with ignored paths left out, and by size and history where that is asked for', async () => {
    const [before, after] = [built({ 'app/x': '1' }), built({ 'app/x': '2' })];
    expect(await compareImages(before, after, createPolicy({ ignore: ['/app'] }))).toMatchObject({ verdict: 'same' });
    expect(await compareImages(before, after, createPolicy({ profile: 'size+history' }))).toMatchObject({
      verdict: 'same',
    });
    const larger = built({ 'app/x': '22' });
    expect(await compareImages(before, larger, createPolicy({ profile: 'size+history' }))).toMatchObject({
      changes: [{ subject: 'SIZE', detail: '6 -> 7 bytes' }],
    });
  });

  it('show no secret of a build argument in their history', async () => {
    const image = (secret: string) =>
      memoryImage({ layers: [{ createdBy: `RUN |1 NPM_TOKEN=${secret} /bin/sh -c npm ci`, files: [] }] });
    const { changes } = await compareImages(image('a1'), image('b2'), createPolicy({ profile: 'size+history' }));
    expect(changes.map(({ detail }) => detail)).toEqual(Array(2).fill('RUN |1 NPM_TOKEN=*** /bin/sh -c npm ci'));
  });

  it('do not read again what the cache has', async () => {
    const cacheFolder = await mkdtemp(join(tmpdir(), 'compare-images-'));
    try {
      const pair = () => [built({ 'app/x': '1' }), built({ 'app/x': '2' })] as const;
      const first = await compareImages(...pair(), policy, { cacheFolder });
      const [before, after] = pair();
      expect(await compareImages(before, after, policy, { cacheFolder })).toEqual(first);
      expect([...before.layersRead, ...after.layersRead]).toEqual([]);

      // Where the answer lies in shared layers that had to be downloaded, they are kept too.
      const options = { cacheFolder, inspectAll: false };
      const like = () => [built({ 'app/x': '1' }), built({ 'app/x': '1', 'etc/os-release': 'Linux' })] as const;
      await compareImages(...like(), policy, options);
      const [same, again] = like();
      expect(await compareImages(same, again, policy, options)).toMatchObject({ verdict: 'same' });
      expect([...same.layersRead, ...again.layersRead]).toEqual([]);
    } finally {
      await rm(cacheFolder, { recursive: true });
    }
  });
});

describe('a published fingerprint', () => {
  const publish = async (files: Record<string, string>, made = policy) => {
    const annotations = await fingerprintAnnotations(built(files), made);
    return built(files, { annotations, configFields: { created: '2025-01-01T00:00:00Z' } });
  };
  /** The same files, cut into other layers. */
  const rebuilt = () => memoryImage({ layers: [base, copied({ 'app/x': '1' }), copied({ 'app/y': '2' })] });

  it('settles that an image in the engine is the same without one layer of the published one', async () => {
    const before = await publish({ 'app/x': '1', 'app/y': '2' });
    const comparison = await compareImages(before, streamed(rebuilt()), policy);
    expect(comparison).toMatchObject({ verdict: 'same', decidedBy: 'fingerprint' });
    expect(comparison.after.fingerprint).toBe(comparison.before.fingerprint);
    expect(before.layersRead).toEqual([]);
  });

  it('does not settle that images differ: their content says how', async () => {
    const before = await publish({ 'app/x': '1' });
    const comparison = await compareImages(before, streamed(built({ 'app/x': '2' })), policy);
    expect(comparison).toMatchObject({ verdict: 'changed', decidedBy: 'content', changes: [{ subject: '/app/x' }] });
    expect(before.layersRead).toEqual([before.config.diffIds[1]]);
  });

  it('is not trusted under another policy, or in another form', async () => {
    const before = await publish({ 'app/x': '1', 'app/y': '2' }, createPolicy({ profile: 'strict' }));
    expect(await compareImages(before, streamed(rebuilt()), policy)).toMatchObject({ decidedBy: 'content' });
    const odd = built(
      { 'app/x': '1', 'app/y': '2' },
      { annotations: { [FINGERPRINT_ANNOTATION]: `v${policy.version}:x` } },
    );
    expect(await compareImages(odd, streamed(rebuilt()), policy)).toMatchObject({ decidedBy: 'content' });
  });

  it('is not trusted on other layers, as where a tool adds one and keeps the annotations', async () => {
    const { annotations } = await publish({ 'app/x': '1' });
    const appended = memoryImage({ layers: [base, copied({ 'app/x': '1' }), copied({ 'app/y': '2' })], annotations });
    const before = await publish({ 'app/x': '1' });
    expect(await compareImages(before, appended, policy)).toMatchObject({ verdict: 'changed', decidedBy: 'content' });
  });

  it('does not hide a change of config', async () => {
    const before = await publish({ 'app/x': '1' });
    const after = built({ 'app/x': '1' }, { config: { User: 'app' } });
    expect(await compareImages(before, streamed(after), policy)).toMatchObject({ verdict: 'changed' });
  });
});

describe('an index', () => {
  const amd = { os: 'linux', architecture: 'amd64' };
  const arm = { os: 'linux', architecture: 'arm64' };
  const indexOf = (...images: MemoryImage[]): ImageSet => ({
    name: 'memory://index',
    digest: undefined,
    isIndex: true,
    annotations: {},
    readPlatforms: async () => images.map((image) => image.config.platform),
    open: async (platform) =>
      images.find((image) => image.config.platform.architecture === platform.architecture) as MemoryImage,
    close: async () => {},
  });
  const both = (text: string, armText = text) =>
    indexOf(built({ 'app/x': text }), built({ 'app/x': armText }, { platform: arm }));

  it('of the same digest is the same, without a look at its platforms', async () => {
    const digest = sha256Digest('an index');
    const untouched = { ...both('1'), digest, readPlatforms: () => Promise.reject(new Error('was read')) };
    expect(await compareImages(untouched, untouched, policy)).toMatchObject({ decidedBy: 'manifest-digest' });
    await expect(compareImages(untouched, { ...both('1') }, policy)).rejects.toThrow('was read');
  });

  it('is compared platform by platform', async () => {
    expect(await compareImages(both('1'), both('1'), policy)).toMatchObject({
      verdict: 'same',
      decidedBy: 'manifest-digest',
    });
    expect(await compareImages(both('1'), both('1', '2'), policy)).toMatchObject({
      verdict: 'changed',
      decidedBy: 'content',
      changes: [{ subject: '/app/x', platform: 'linux/arm64' }],
    });
  });

  it('says of what is left out for one platform that it is left out', async () => {
    const many = (count: number) => Object.fromEntries([...Array(count).keys()].map((at) => [`app/${at}`, `${at}`]));
    const [before, after] = [many(0), many(1000)].map((files) =>
      indexOf(built({ 'app/x': '1' }), built({ ...files, 'app/x': '1' }, { platform: arm })),
    ) as [ImageSet, ImageSet];
    expect(await compareImages(before, after, policy)).toMatchObject({ truncated: false });
    const more = indexOf(built({ 'app/x': '1' }), built({ ...many(1001), 'app/x': '1' }, { platform: arm }));
    const comparison = await compareImages(before, more, policy);
    expect(comparison).toMatchObject({ truncated: true, categories: ['code'] });
    expect(comparison.changes).toHaveLength(1000);
  });

  it('is changed where a platform is missing, and where one was added', async () => {
    const one = indexOf(built({ 'app/x': '1' }));
    expect(await compareImages(both('1'), one, policy)).toMatchObject({
      verdict: 'changed',
      decidedBy: 'platforms',
      changes: [{ kind: 'platform', action: 'removed', subject: 'linux/arm64' }],
    });
    expect(await compareImages(one, both('1'), policy)).toMatchObject({ changes: [{ action: 'added' }] });
  });

  it('of one platform is compared with an image', async () => {
    const image = built({ 'app/x': '2' }, { platform: amd });
    const comparison = await compareImages(indexOf(built({ 'app/x': '1' })), image, policy);
    expect(comparison).toMatchObject({ verdict: 'changed', changes: [{ subject: '/app/x' }] });
    expect(comparison.changes[0]).not.toHaveProperty('platform');
  });
});
