import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Image, readTar } from '@image-versions/oci';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContainerOptions, normalizeContainer } from '../options/container-options.js';
import type { Builder, BuiltImage } from './builder.js';

/** A builder as the contract tests it. */
export interface BuilderUnderTest {
  readonly builder: Builder;
  /** Whether it runs commands. */
  readonly runs: boolean;
  /** Options that it needs. */
  readonly options?: ContainerOptions;
  close(): Promise<void>;
}

/** A shell from nothing: Debian's busybox-static. */
const shell =
  'FROM scratch AS shell\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/sh"]\n';

/** What every builder does with a Dockerfile, whichever it is. `setup` is called once; what it needs must be there. */
export function describeBuilderContract(name: string, setup: () => Promise<BuilderUnderTest>): void {
  describe(`the contract of builders: ${name}`, () => {
    let tested: BuilderUnderTest;
    let root: string;
    let lines: string[] = [];
    beforeAll(async () => {
      tested = await setup();
    }, 120_000);
    afterAll(() => tested?.close());

    /** Builds a workspace of these files, whose project is `app`. */
    async function build<T>(
      files: Readonly<Record<string, string>>,
      options: ContainerOptions & { isFresh?: boolean; keeps?: boolean },
      read: (built: BuiltImage, image: Image) => Promise<T>,
    ): Promise<T> {
      const { isFresh = false, keeps = false, ...written } = options;
      lines = [];
      root = await mkdtemp(join(tmpdir(), 'builder-contract-'));
      try {
        for (const [path, text] of Object.entries(files)) {
          await mkdir(dirname(join(root, path)), { recursive: true });
          await writeFile(join(root, path), text);
        }
        if (files['app/Dockerfile']?.includes('busybox')) await copyFile('/bin/busybox', join(root, 'app/busybox'));
        const container = normalizeContainer('builder-contract', 'app', { ...tested.options, ...written });
        const onOutput = (line: string) => void lines.push(line);
        const request = { workspaceRoot: root, container, isFresh, keeps, mayPush: false, bases: new Map(), onOutput };
        const built = await tested.builder.build(request);
        try {
          return await read(built, built.image);
        } finally {
          await built.close();
        }
      } finally {
        await rm(root, { recursive: true, force: true });
      }
    }
    const filesIn = (dockerfile: string, files: Readonly<Record<string, string>>, options: ContainerOptions = {}) =>
      build({ 'app/Dockerfile': dockerfile, ...files }, options, (_, image) => readFiles(image));

    it('opens what it built: files, and how a container runs', async () => {
      const dockerfile = [
        'FROM scratch',
        'LABEL of=file kept=yes',
        'ENV MODE=fast',
        'WORKDIR /srv',
        'COPY main /srv/main',
        'USER 1001:1001',
        'EXPOSE 8080',
        'ENTRYPOINT ["/srv/main"]',
        'CMD ["--help"]',
      ].join('\n');
      await build({ 'app/Dockerfile': dockerfile, 'app/main': 'main' }, {}, async (built, image) => {
        expect(await readFiles(image)).toMatchObject({ 'srv/main': 'main' });
        expect(image.config.run).toMatchObject({
          user: '1001:1001',
          workingDir: '/srv',
          entrypoint: ['/srv/main'],
          cmd: ['--help'],
          exposedPorts: ['8080/tcp'],
          labels: { of: 'file', kept: 'yes' },
        });
        expect(image.config.run.env).toContain('MODE=fast');
        expect(await built.images.readPlatforms()).toEqual([image.config.platform]);
        expect(built.builder).not.toBe('');
      });
    });

    it('fills in build arguments', async () => {
      const dockerfile = 'FROM scratch\nARG NAME=none\nENV NAME=$NAME\nCOPY $NAME /file\n';
      await build(
        { 'app/Dockerfile': dockerfile, 'app/given': 'given' },
        { buildArgs: { NAME: 'given' } },
        async (_, image) => {
          expect(image.config.run.env).toContain('NAME=given');
          expect(await readFiles(image)).toMatchObject({ file: 'given' });
        },
      );
    });

    it('puts labels above those of the Dockerfile', async () => {
      const files = { 'app/Dockerfile': 'FROM scratch\nLABEL of=file kept=yes\nCOPY main /\n', 'app/main': '' };
      const labels = await build(files, { labels: { of: 'option' } }, async (_, image) => image.config.run.labels);
      expect(labels).toMatchObject({ of: 'option', kept: 'yes' });
    });

    it('builds the stage that is asked for', async () => {
      const dockerfile = 'FROM scratch AS one\nCOPY one /one\nFROM scratch AS two\nCOPY two /two\n';
      const files = { 'app/one': '1', 'app/two': '2' };
      expect(await filesIn(dockerfile, files, { stage: 'one' })).toEqual({ one: '1' });
      expect(await filesIn(dockerfile, files)).toEqual({ two: '2' });
    });

    it('leaves out what .dockerignore says', async () => {
      const files = {
        'app/.dockerignore': '*.log\n!kept.log\n',
        'app/in/a': 'a',
        'app/in/b.log': 'b',
        'app/c.log': 'c',
      };
      const found = await filesIn('FROM scratch\nCOPY . /\n', { ...files, 'app/kept.log': 'kept' });
      expect(found).toMatchObject({ 'in/b.log': 'b', 'kept.log': 'kept' });
      expect(found).not.toHaveProperty('c.log');
    });

    it('reads a Dockerfile outside of the context', async () => {
      const files = { 'docker/app.Dockerfile': 'FROM scratch\nCOPY main /main\n', 'app/main': 'main' };
      const options = { dockerfile: 'docker/app.Dockerfile', context: 'app' };
      expect(await build(files, options, (_, image) => readFiles(image))).toEqual({ main: 'main' });
    });

    it('says what a build failed on', async () => {
      const failing = filesIn('FROM scratch\nCOPY no-such-file /\n', {});
      await expect(failing).rejects.toThrow(/no-such-file/);
      await expect(failing).rejects.toHaveProperty('hint');
    });

    it('runs commands, or says which one it can not run', async () => {
      const dockerfile = `${shell}RUN echo made > /made && echo told\n`;
      const files = { 'app/Dockerfile': dockerfile };
      if (!tested.runs) {
        await expect(build(files, {}, (_, image) => readFiles(image))).rejects.toThrow(/RUN/);
        return;
      }
      expect(await build(files, { isFresh: true }, (_, image) => readFiles(image))).toMatchObject({ made: 'made\n' });
      expect(lines.join('\n')).toContain('told');
    });

    it('shows the output of a command that failed', async () => {
      if (!tested.runs) return;
      const failing = filesIn(`${shell}RUN echo the reason && exit 3\n`, {});
      await expect(failing).rejects.toMatchObject({
        code: 'build-failed',
        message: expect.stringMatching(/the reason/),
      });
    });

    it('uses no layer of an earlier build where it is asked for a fresh one', async () => {
      if (!tested.runs) return;
      const files = { 'app/Dockerfile': `${shell}RUN cat /proc/sys/kernel/random/uuid > /id\n` };
      const idOf = (isFresh: boolean) => build(files, { isFresh }, async (_, image) => (await readFiles(image)).id);
      const first = await idOf(false);
      expect(await idOf(false)).toBe(first);
      expect(await idOf(true)).not.toBe(first);
    });
  });
}

/** Content by path of all files, layers on top of each other. */
async function readFiles(image: Image): Promise<Record<string, string>> {
  const layers = await image.readLayers(new Set(image.config.diffIds), async (tar) => {
    const files: Record<string, string> = {};
    for await (const entry of readTar(tar)) {
      if (entry.type !== 'file' || entry.path.endsWith('busybox')) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of entry.content) chunks.push(Buffer.from(chunk));
      files[entry.path.replace(/^\.?\//, '')] = Buffer.concat(chunks).toString();
    }
    return files;
  });
  return Object.assign({}, ...image.config.diffIds.map((diffId) => layers.get(diffId)));
}
