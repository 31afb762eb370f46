import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import tar from 'tar-stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openBuildContext } from './build-context.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-context-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

async function entries(options: { dockerfile?: string; builderHides?: boolean; context?: string } = {}) {
  const context = await openBuildContext({
    folder: join(folder, options.context ?? ''),
    dockerfile: options.dockerfile ?? 'Dockerfile',
    builderHides: options.builderHides ?? true,
  });
  const found = new Map<string, { header: tar.Header; text: string }>();
  for await (const entry of context.tar.pipe(tar.extract())) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    found.set(entry.header.name, { header: entry.header, text: Buffer.concat(chunks).toString() });
  }
  return { ...context, found, names: [...found.keys()] };
}

describe('the context of a build', () => {
  test('is the folder in the order of its names, owned by root', async () => {
    await write({ Dockerfile: 'FROM scratch', 'b/two': '2', 'a/one': '1', empty: '' });
    await symlink('a/one', join(folder, 'link'));
    const { names, found } = await entries();
    expect(names).toEqual(['Dockerfile', 'a', 'a/one', 'b', 'b/two', 'empty', 'link']);
    expect(found.get('link')?.header.linkname).toBe('a/one');
    expect([...found.values()].every(({ header }) => header.uid === 0 && header.gid === 0 && !header.uname)).toBe(true);
  });

  test('is the same bytes twice', async () => {
    await write({ Dockerfile: 'FROM scratch', a: 'a' });
    await utimes(join(folder, 'a'), 1.5, 1.5);
    const read = async () => {
      const { tar } = await openBuildContext({ folder, dockerfile: 'Dockerfile', builderHides: true });
      const chunks: Buffer[] = [];
      for await (const chunk of tar) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks);
    };
    expect((await read()).equals(await read())).toBe(true);
  });

  test('has no file whose name is not UTF-8, and says so; .dockerignore leaves it out', async () => {
    await write({ Dockerfile: 'FROM scratch', a: 'a' });
    // "café" in Latin-1, which Node lists by a name that no file has.
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([0xe9])]), 'x');
    const { tar } = await openBuildContext({ folder, dockerfile: 'Dockerfile', builderHides: true });
    await expect(pipeline(tar, new PassThrough().resume())).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('caf\uFFFD'),
    });
    await write({ '.dockerignore': 'caf*\n' });
    expect((await entries()).names).toEqual(['.dockerignore', 'Dockerfile', 'a']);
  });

  test('leaves out what .dockerignore says, and keeps what it takes back in, with the folders above', async () => {
    await write({
      Dockerfile: 'FROM scratch',
      '.dockerignore': '*\n!src/**/*.ts',
      'src/a.ts': '',
      'src/b.js': '',
      'src/deep/c.ts': '',
      'src/none/d.js': '',
      'node_modules/x.ts': '',
    });
    const { names } = await entries({ builderHides: false });
    expect(names).toEqual(['Dockerfile', 'src', 'src/a.ts', 'src/deep', 'src/deep/c.ts']);
  });

  test('an ignored Dockerfile is sent with the .dockerignore by which the classic builder hides both', async () => {
    await write({ Dockerfile: 'FROM scratch', '.dockerignore': 'Dockerfile\n.dockerignore' });
    expect(await entries()).toMatchObject({ names: ['.dockerignore', 'Dockerfile'], exposed: false });
    expect(await entries({ builderHides: false })).toMatchObject({ names: ['Dockerfile'], exposed: true });
  });

  test('the .dockerignore of the Dockerfile goes before that of the folder', async () => {
    await write({
      'docker/app.Dockerfile': 'FROM scratch',
      'docker/app.Dockerfile.dockerignore': 'secret\ndocker',
      '.dockerignore': '*',
      secret: '',
      code: '',
    });
    const { names, found, dockerfile } = await entries({ dockerfile: 'docker/app.Dockerfile' });
    expect(dockerfile).toBe('docker/app.Dockerfile');
    expect(names).toEqual(['.dockerignore', 'code', 'docker', 'docker/app.Dockerfile']);
    expect(found.get('.dockerignore')?.text).toBe('*\n!.dockerignore\ndocker/app.Dockerfile\n');
  });

  test('a Dockerfile from outside is sent under a name that is ignored', async () => {
    await write({ 'context/a': '', 'context/.dockerignore': 'b', Dockerfile: 'FROM scratch' });
    const { names, found, dockerfile } = await entries({ context: 'context', dockerfile: '../Dockerfile' });
    expect(names).toEqual([dockerfile, '.dockerignore', 'a']);
    expect(found.get(dockerfile)?.text).toBe('FROM scratch');
    expect(found.get('.dockerignore')?.text).toBe(`b\n!.dockerignore\n${dockerfile}\n`);
  });

  test('a Dockerfile or a folder that is not there is an error that names it', async () => {
    await expect(entries({ dockerfile: 'nope' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching('nope'),
    });
    await expect(entries({ context: 'none' })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching('none'),
    });
  });
});
