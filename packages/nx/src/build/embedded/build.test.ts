import { chmod, readdir, rename, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compareImages, createPolicy, openLayerStore, readTree } from '@image-versions/diff';
import { openOciLayout, openRepositoryImages, publishImage, readTar } from '@image-versions/oci';
import { buildImage, type ImageLiteral, memoryImage, pushImage, writeTar } from '@image-versions/oci/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { baseImage } from './base.testing.js';
import { buildEmbedded, type EmbeddedBuildOptions } from './build.js';
import { type ContextFile, commonFiles } from './cases.testing.js';
import { temporaryFolder, writeContext } from './context.testing.js';

async function build(
  dockerfile: string,
  {
    files = {},
    base = baseImage,
    ...options
  }: Partial<EmbeddedBuildOptions> & { files?: Record<string, ContextFile>; base?: ImageLiteral } = {},
) {
  const context = options.context ?? (await writeContext({ ...commonFiles, ...files, Dockerfile: dockerfile }));
  const layout = openOciLayout(await temporaryFolder());
  await pushImage(layout, buildImage(base), '1');
  const built = await buildEmbedded({
    dockerfile: join(context, 'Dockerfile'),
    dockerfileName: 'app/Dockerfile',
    context,
    sourceDateEpoch: 1_700_000_000,
    openBase: async () => {
      const images = await openRepositoryImages(layout, '1');
      return { repository: layout, image: await images.open({ os: 'linux', architecture: 'amd64' }) };
    },
    ...options,
  });
  onTestFinished(() => built.close());
  return built;
}

/** Paths of the image, with modes and owners. */
async function drawn(built: Awaited<ReturnType<typeof build>>): Promise<string[]> {
  const tree = await readTree(built.image, openLayerStore(createPolicy(), {}));
  return [...tree.entries].map(
    ({ path, type, mode, uid, gid }) => `${type} /${path} ${mode.toString(8)} ${uid}:${gid}`,
  );
}

async function times(built: Awaited<ReturnType<typeof build>>): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  await built.image.readLayers(new Set(built.image.config.diffIds), async (tar) => {
    for await (const { path, mtime } of readTar(tar)) found.set(path, mtime);
  });
  return found;
}

describe('the embedded builder', () => {
  it('gives the same bytes for two checkouts with other times, modes, names and umask', async () => {
    const dockerfile =
      'FROM base\nCOPY . /all/\nCOPY --chown=app dir/sub /x/\nCOPY --from=base /etc /e\nADD a.tgz /t/\nWORKDIR /w\nLABEL a=b\n';
    const files = { 'a.tgz': gzipSync(writeTar([{ path: 'x', content: 'x' }])) };
    const digests: unknown[] = [];
    for (const [umask, seconds] of [
      [0o002, 1],
      [0o077, 2_000_000_000],
    ] as const) {
      const before = process.umask(umask);
      onTestFinished(() => void process.umask(before));
      const written = await writeContext({ ...commonFiles, ...files, Dockerfile: dockerfile });
      const context = `${written}-${seconds}`;
      await rename(written, context);
      onTestFinished(() => rename(context, written));
      for (const name of ['a.txt', 'run.sh', 'dir', 'dir/sub/three.txt']) {
        await utimes(join(context, name), seconds, seconds);
        await chmod(join(context, name), (name === 'a.txt' || name.endsWith('.txt') ? 0o666 : 0o777) & ~umask);
      }
      const built = await build(dockerfile, { context });
      const target = openOciLayout(await temporaryFolder());
      const published = await publishImage(built.image, target, { source: built.source, tag: 'v1' });
      digests.push([published.digest, built.image.configDigest, built.image.manifestDigest]);
      process.umask(before);
    }
    expect(digests[1]).toEqual(digests[0]);
  });

  it('gives what is new the time of the build, and leaves that of what comes from images and archives', async () => {
    const built = await build('FROM scratch\nCOPY a.txt /a\nADD t.tar /t\nCOPY --from=base /etc/motd /m\n', {
      files: { 't.tar': writeTar([{ path: 'f', content: 'f', mtime: 1_500_000_000.5 }]) },
    });
    expect(Object.fromEntries(await times(built))).toMatchObject({
      a: 1_700_000_000,
      't/': 1_700_000_000,
      't/f': 1_500_000_000.5,
      m: 1_700_000_000,
    });
    expect(built.image.config.created).toBe('2023-11-14T22:13:20.000Z');
    expect(built.image.config.history.map(({ created }) => created)).toEqual(Array(3).fill('2023-11-14T22:13:20.000Z'));
  });

  it('gives files the modes of a checkout', async () => {
    const context = await writeContext({ ...commonFiles, Dockerfile: 'FROM scratch\nCOPY a.txt run.sh dir/ /\n' });
    await chmod(join(context, 'a.txt'), 0o600);
    await chmod(join(context, 'run.sh'), 0o4775);
    await chmod(join(context, 'dir/sub'), 0o700);
    const built = await build('', { context });
    expect(await drawn(built)).toEqual(
      expect.arrayContaining(['file /a.txt 644 0:0', 'file /run.sh 755 0:0', 'directory /sub 755 0:0']),
    );
  });

  it('can be published, layers as they are, base layers from the base, and reads the same then', async () => {
    const built = await build('FROM base\nCOPY a.txt /\n');
    const target = openOciLayout(await temporaryFolder());
    const steps: string[] = [];
    const { digest } = await publishImage(built.image, target, {
      source: built.source,
      tag: 'v1',
      onProgress: ({ step }) => steps.push(step),
    });
    expect(steps).not.toContain('compressed');
    const published = await openRepositoryImages(target, 'v1');
    expect(published.digest).toBe(digest);
    expect(await compareImages(published, built.images, createPolicy())).toMatchObject({ verdict: 'same' });
    expect(built.baseDiffIds).toHaveLength(2);
    expect(built.bases).toEqual({ base: buildImage(baseImage).manifest.descriptor.digest });
  });

  it('a file whose name is not UTF-8 is an error, and not left out; .dockerignore may leave it out', async () => {
    const context = await writeContext({ Dockerfile: 'FROM scratch\nCOPY dir /dir\n', 'dir/a': 'x' });
    // "café" in Latin-1.
    await writeFile(Buffer.concat([Buffer.from(join(context, 'dir/caf')), Buffer.from([0xe9])]), 'x');
    await expect(build('', { context })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('dir/caf\uFFFD'),
      hint: expect.stringContaining('.dockerignore'),
    });
    await writeFile(join(context, '.dockerignore'), 'dir/caf*\n');
    expect((await drawn(await build('', { context }))).slice(1)).toEqual([
      'directory /dir 755 0:0',
      'file /dir/a 644 0:0',
    ]);
  });

  it('leaves nothing behind, also where it fails', async () => {
    // Builds of others in the usual folder come and go.
    vi.stubEnv('TMPDIR', await temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const remaining = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('image-versions-build-'));
    const built = await build('FROM scratch\nCOPY a.txt /\n');
    expect(await remaining()).toHaveLength(1);
    await built.close();
    await built.close();
    await expect(build('FROM scratch\nCOPY nothing /\n')).rejects.toThrow();
    expect(await remaining()).toEqual([]);
  });

  it('sets labels above those of the Dockerfile', async () => {
    const built = await build('FROM scratch\nLABEL a=1 b=2\n', { labels: { a: 'given' } });
    expect(built.image.config.run.labels).toEqual({ a: 'given', b: '2' });
  });

  it('does not read the base where only the config changes', async () => {
    const image = memoryImage(baseImage);
    const repository = openOciLayout(await temporaryFolder());
    await pushImage(repository, buildImage(baseImage));
    await build('FROM base\nCMD ["x"]\n', { openBase: async () => ({ image, repository }) });
    expect(image.layersRead).toEqual([]);
  });

  it('does not build stages that are not needed, not even such with RUN', async () => {
    const built = await build('FROM base AS tests\nRUN make test\nFROM scratch\nCOPY a.txt /\n');
    expect(await drawn(built)).toContain('file /a.txt 644 0:0');
  });
});

describe('hostile contexts and bases', () => {
  it('are never left by links', async () => {
    const outside = await temporaryFolder();
    await writeFile(join(outside, 'secret'), 'secret\n');
    const files = { out: { link: outside }, up: { link: `../${outside.split('/').at(-1)}` } };
    for (const source of ['out/secret', 'up/secret', 'out', '../../../../../..', `up/../../${outside}/secret`]) {
      const tried = build(`FROM scratch\nCOPY ${source} /x/\n`, { files });
      if (source.startsWith('..')) expect((await drawn(await tried)).join()).not.toContain('secret');
      else await expect(tried).rejects.toThrow('app/Dockerfile:2: COPY: the build context has no');
    }
  });

  it('with links in a circle are an error', async () => {
    const files = { one: { link: 'two' }, two: { link: 'one' } };
    await expect(build('FROM scratch\nCOPY one /x\n', { files })).rejects.toThrow('links follow each other');
  });

  it('a destination through links stays in the image', async () => {
    const base: ImageLiteral = { layers: [[{ path: 'up', type: 'symlink', linkPath: '../../../tmp/x' }]] };
    const built = await build('FROM base\nCOPY a.txt /up/a.txt\n', { base });
    expect(await drawn(built)).toContain('file /tmp/x/a.txt 644 0:0');
  });

  it.each([
    ['a path that leaves its folder', [{ path: '../x', content: 'x' }], 'leaves its folder'],
    ['a whiteout', [{ path: 'a/.wh.b', content: '' }], 'a file is gone'],
    ['a hard link to nothing', [{ path: 'h', type: 'hardlink', linkPath: 'none' }], 'to nothing'],
  ] as const)('an archive with %s is an error', async (_, entries, message) => {
    const files = { 'x.tar': writeTar(entries) };
    await expect(build('FROM scratch\nADD x.tar /x\n', { files })).rejects.toThrow(message);
  });

  it('a context whose files have the names of whiteouts is an error', async () => {
    await expect(build('FROM scratch\nCOPY w /\n', { files: { 'w/.wh.etc': '' } })).rejects.toThrow('.wh.');
  });
});

describe('what the embedded builder can not do', () => {
  it.each([
    ['RUN', 'FROM scratch\n\nRUN make\n', 'app/Dockerfile:3: RUN'],
    ['RUN with a heredoc', 'FROM scratch\nRUN <<EOF\nmake\nEOF\n', 'app/Dockerfile:2: RUN'],
    [
      'ADD of a URL',
      'FROM scratch\nADD https://user:pw@example.org/x /x\n',
      'app/Dockerfile:2: ADD https://example.org/x',
    ],
    ['ADD of a repository', 'FROM scratch\nADD git@example.org:x.git /x\n', 'app/Dockerfile:2: ADD'],
    ['a URL from a variable', 'FROM scratch\nARG U=https://x/y\nADD $U /x\n', 'app/Dockerfile:3: ADD'],
    ['--parents', 'FROM scratch\nCOPY --parents a.txt /x\n', 'no flag --parents'],
    ['a symbolic mode', 'FROM scratch\nCOPY --chmod=u+x a.txt /x\n', '--chmod=u+x'],
    ['a user that is not there', 'FROM base\nCOPY --chown=nobody a.txt /x\n', 'has no user nobody'],
    ['a user in an empty image', 'FROM scratch\nCOPY --chown=app a.txt /x\n', 'has no user app'],
    ['several sources and one file', 'FROM scratch\nCOPY a.txt b.txt /x\n', 'must end with a /'],
    ['a file on a directory', 'FROM base\nCOPY over/etc /\n', 'is a directory in the image'],
    ['a directory on a file', 'FROM base\nCOPY dir /etc/motd\n', 'expected a directory'],
    ['an ignored source', 'FROM scratch\nCOPY hidden /x\n', 'or it is ignored'],
    ['an unknown instruction', 'FROM scratch\nCOPPY a b\n', 'app/Dockerfile:2: unknown instruction'],
    ['an unknown form of a variable', 'FROM scratch\nLABEL a=$' + '{x#y}\n', 'app/Dockerfile:2: LABEL'],
    ['no FROM', 'COPY a b\n', 'before the first FROM'],
    ['a heredoc without an end', 'FROM scratch\nCOPY <<EOF /x\ntext\n', 'app/Dockerfile:2: the heredoc EOF has no end'],
  ])('%s is an error that says where', async (_, dockerfile, message) => {
    const files = { '.dockerignore': 'hidden\n', hidden: '', 'over/etc/etc': '' };
    const failing = build(dockerfile, { files });
    await expect(failing).rejects.toThrow(message);
    await expect(failing).rejects.toMatchObject({ code: 'invalid', hint: expect.stringMatching(/\.$/) });
  });

  it('a trigger of the base with RUN is an error', async () => {
    const base: ImageLiteral = { layers: [], config: { OnBuild: ['COPY a.txt /', 'RUN make'] } };
    await expect(build('FROM base\n', { base })).rejects.toThrow('base has the trigger ONBUILD RUN make');
  });

  it('archives compressed with xz or bzip2 are an error', async () => {
    const files = { 'a.tar.xz': Buffer.concat([Buffer.from('fd377a585a00', 'hex'), Buffer.alloc(600)]) };
    await expect(build('FROM scratch\nADD a.tar.xz /\n', { files })).rejects.toThrow('compressed with xz');
  });
});
