import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { createRegistryClient } from '@image-versions/oci';
import {
  type BuiltImage,
  buildImage,
  describeWithEngine,
  dockerArchiveEntries,
  ociArchiveEntries,
  pushImage,
  startTestRegistry,
  writeTar,
} from '@image-versions/oci/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

const program = fileURLToPath(new URL('../../dist/bin/image-diff.js', import.meta.url));
const text = (lines: readonly string[]) => lines.join('\n');

let folder: string;
const path = (name: string) => join(folder, name);

function image(script: string, times = 0): BuiltImage {
  return buildImage({
    layers: [
      {
        createdBy: 'COPY run.sh /app/run.sh',
        files: [
          { path: 'app/run.sh', content: script, mode: 0o755, mtime: times },
          { path: 'app/static', content: 'x'.repeat(20_000), mtime: times },
        ],
      },
    ],
    config: { Cmd: ['/app/run.sh'] },
  });
}

beforeAll(() => {
  if (!existsSync(program)) throw new Error(`${program} is not there: build first (npm run build)`);
  folder = mkdtempSync(join(tmpdir(), 'image-diff-cli-'));
  const images = { a: image('echo 1\n'), rebuilt: image('echo 1\n', 86_400), b: image('echo 2\n') };
  for (const [name, built] of Object.entries(images)) {
    writeFileSync(path(`${name}.tar`), writeTar(dockerArchiveEntries([{ image: built, tags: [`${name}:1`] }])));
    writeFileSync(path(`${name}-oci.tar`), writeTar(ociArchiveEntries([{ image: built, tags: [`${name}:1`] }])));
  }
  writeFileSync(path('a.tar.gz'), gzipSync(execFileSync('cat', [path('a.tar')])));
  writeFileSync(path('broken.tar'), 'not a tar');
});
afterAll(() => rmSync(folder, { recursive: true }));

function environment() {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    TMPDIR: folder,
    IMAGE_VERSIONS_CACHE_DIR: path('cache'),
    DOCKER_HOST: process.env.DOCKER_HOST,
  };
}

function imageDiff(
  args: readonly string[],
  input?: Buffer,
): Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: environment(),
    ...(input && { input }),
  });
  return { status, stdout, stderr };
}

describe('image-diff as a process', () => {
  it('says that a rebuild is the same, with exit code 0', () => {
    const { status, stdout, stderr } = imageDiff(['compare', 'a.tar', 'docker-archive:rebuilt.tar']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^same: /);
    expect(stdout).not.toContain('\u001b');
  });

  it('says what changed, with exit code 1, as text, JSON and Markdown', () => {
    const compare = (...args: string[]) => imageDiff(['compare', 'a.tar', 'oci-archive:b-oci.tar', ...args]);
    expect(compare()).toMatchObject({ status: 1, stderr: '' });
    expect(compare().stdout).toMatch(/^changed: code\n[\s\S]*~ \/app\/run\.sh/);
    expect(JSON.parse(compare('--json').stdout)).toMatchObject({ verdict: 'changed', categories: ['code'] });
    expect(compare('--format=markdown').stdout).toMatch(/^\*\*changed\*\*/);
    expect(compare('--ignore=app/run.sh')).toMatchObject({ status: 0 });
  });

  it('takes any profile and rule that there is, and says which there are', () => {
    expect(imageDiff(['compare', 'a.tar', 'rebuilt.tar', '--profile=strict'])).toMatchObject({ status: 0 });
    const { status, stderr } = imageDiff(['compare', 'a.tar', 'rebuilt.tar', '--rule-off=nonsense']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown nonsense; known are .*dpkg-status/);
  });

  it('reads an archive on stdin, and one that is compressed', () => {
    const input = execFileSync('cat', [path('rebuilt.tar')]);
    expect(imageDiff(['compare', 'a.tar.gz', '-'], input)).toMatchObject({ status: 0, stderr: '' });
    expect(imageDiff(['compare', 'a.tar', '-'], gzipSync(input))).toMatchObject({ status: 0, stderr: '' });
    expect(imageDiff(['compare', '-', 'b.tar'], input)).toMatchObject({ status: 1, stderr: '' });
  });

  it.skipIf(!existsSync('/dev/full'))('is an error where the result can not be written, whatever it is', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, 'compare', 'a.tar', 'rebuilt.tar'], {
      cwd: folder,
      encoding: 'utf8',
      env: environment(),
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'image-diff: the result could not be written: ENOSPC: no space left on device, write\n',
    });
  });

  it("prints container-diff's JSON, all of it, into a pipe", () => {
    const { stdout } = imageDiff(['diff', 'a.tar', 'b.tar', '--type=file', '--type=history', '-j']);
    expect(JSON.parse(stdout)).toEqual([
      {
        Image1: 'a.tar',
        Image2: 'b.tar',
        DiffType: 'File',
        Diff: { Adds: null, Dels: null, Mods: [{ Name: '/app/run.sh', Size1: 7, Size2: 7 }] },
      },
      { Image1: 'a.tar', Image2: 'b.tar', DiffType: 'History', Diff: { Adds: [], Dels: [] } },
    ]);
  });

  it('shows one file of both', () => {
    expect(imageDiff(['diff', 'a.tar', 'b.tar', '-t', 'file', '-f', 'app/run.sh']).stdout).toContain(
      text(['--- a.tar', '+++ b.tar', '@@ -1 +1 @@', '-echo 1', '+echo 2']),
    );
  });

  it.each([
    [['compare', 'a.tar'], /expected two images/],
    [['compare', 'a.tar', 'none.tar'], /none\.tar/],
    [['diff', 'a.tar', 'broken.tar'], /broken\.tar/],
    [['analyze', 'daemon://'], /nothing follows/],
    [['analyze', 'ftp://x'], /unknown prefix/],
    [['frob'], /unknown command/],
  ])('%j is exit code 2, a message, and no stack', (args, message) => {
    const { status, stdout, stderr } = imageDiff(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^image-diff: /);
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('ends quietly when who reads its output has gone', () => {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `set -o pipefail; "${process.execPath}" "${program}" analyze a.tar --type=file -j | true`],
      { cwd: folder, encoding: 'utf8', env: environment() },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is broken off by Ctrl-C with exit code 130, and leaves no temporary file', async () => {
    const scratch = mkdtempSync(path('scratch-'));
    // Node's own cache of compiled code is there before anything else, and stays.
    const spooled = () => readdirSync(scratch).filter((name) => name !== 'node-compile-cache');
    const child = spawn(process.execPath, [program, 'compare', 'a.tar', '-'], {
      cwd: folder,
      env: { ...environment(), TMPDIR: scratch },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.stdin.on('error', () => {});
    child.stdin.write(execFileSync('cat', [path('b.tar')]).subarray(0, 10_000));
    while (spooled().length === 0 && child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(spooled()).toEqual([]);
  });

  it('logs in once to the registry that both images are in', async () => {
    const registry = await startTestRegistry({ auth: 'bearer' });
    onTestFinished(() => registry.close());
    const login = {
      IMAGE_VERSIONS_REGISTRY_HOST: registry.host,
      IMAGE_VERSIONS_REGISTRY_USERNAME: 'user',
      IMAGE_VERSIONS_REGISTRY_PASSWORD: 'secret',
    };
    const client = createRegistryClient({ env: login });
    onTestFinished(() => client.close());
    for (const tag of ['a', 'b']) await pushImage(client.repository(`${registry.host}/app`), image('echo 1\n'), tag);
    registry.requests.length = 0;
    const images = ['a', 'b'].map((tag) => `remote://${registry.host}/app:${tag}`);
    const child = spawn(process.execPath, [program, 'compare', ...images], {
      env: { ...environment(), ...login },
      stdio: 'ignore',
    });
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
    expect(registry.requests.filter(({ url }) => url.startsWith('/token'))).toHaveLength(1);
  });

  it('prints its version', () => {
    expect(imageDiff(['version']).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

await describeWithEngine('image-diff and the engine', (engine) => {
  const names = { a: 'ivtest-image-diff:a', b: 'ivtest-image-diff:b' };

  beforeAll(() => {
    const load = (archive: string) => execFileSync('docker', ['load', '-i', path(archive)], { stdio: 'ignore' });
    const docker = (...args: string[]) => execFileSync('docker', args, { stdio: 'ignore' });
    for (const name of ['a', 'b'] as const) {
      load(`${name}.tar`);
      docker('tag', `${name}:1`, names[name]);
      docker('rmi', `${name}:1`);
    }
  });
  afterAll(async () => {
    for (const name of Object.values(names)) await engine.remove(name);
  });

  it('compares an image of the engine with an archive', () => {
    expect(imageDiff(['compare', `daemon://${names.a}`, 'rebuilt.tar'])).toMatchObject({ status: 0, stderr: '' });
    expect(imageDiff(['compare', `daemon://${names.a}`, `daemon://${names.b}`])).toMatchObject({
      status: 1,
      stderr: '',
    });
  });

  it("prints an engine's image under its name, as container-diff does", () => {
    const { stdout } = imageDiff(['analyze', `daemon://${names.a}`, '-j', '--type=size', '--type=metadata']);
    expect(JSON.parse(stdout)).toMatchObject([
      { Image: names.a, AnalyzeType: 'Metadata', Analysis: expect.arrayContaining(['Cmd: /app/run.sh']) },
      { Image: names.a, AnalyzeType: 'Size', Analysis: [{ Name: names.a, Size: 20_007 }] },
    ]);
  });

  it('names the engine that does not have an image', () => {
    const { status, stderr } = imageDiff(['analyze', 'daemon://ivtest-image-diff:none']);
    expect(status).toBe(2);
    expect(stderr).toContain('ivtest-image-diff:none');
  });
});
