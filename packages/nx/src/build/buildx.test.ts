import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ContainerOptions, normalizeContainer } from '../options/container-options.js';
import { buildx } from './buildx.js';
import { buildxArguments } from './buildx-arguments.js';
import { secretsMask } from './buildx-secrets.js';
import { sourceDateEpoch } from './source-date-epoch.js';

const container = (options: ContainerOptions = {}) => normalizeContainer('app', 'app', options);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'buildx-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

describe('what docker buildx build is told', () => {
  const argumentsFor = (options: ContainerOptions, isFresh = false, bases = new Map<string, string>()) =>
    buildxArguments({
      workspaceRoot: '/ws',
      container: container(options),
      isFresh,
      bases,
      platforms: options.platforms ?? [],
      output: { archive: '/out,1/a.tar' },
    });

  it('is the Dockerfile, the context and an archive with rewritten times where nothing else is set', () => {
    expect(argumentsFor({})).toEqual([
      'buildx',
      'build',
      '--progress=plain',
      '--file=/ws/app/Dockerfile',
      '--output=type=oci,"dest=/out,1/a.tar",rewrite-timestamp=true',
      '/ws/app',
    ]);
  });

  it('is to push to the repository by digest alone, and to say the digest', () => {
    const output = { repository: 'localhost:5000/app', metadataFile: '/out/app.json' };
    const given = buildxArguments({
      workspaceRoot: '/ws',
      container: container(),
      isFresh: false,
      bases: new Map(),
      platforms: [],
      output,
    });
    expect(given).toContain('--metadata-file=/out/app.json');
    expect(given).toContain(
      '--output=type=image,name=localhost:5000/app,push=true,push-by-digest=true,name-canonical=true,oci-mediatypes=true,rewrite-timestamp=true',
    );
  });

  it('has every option as one argument, so that no value can be a flag', () => {
    const given = argumentsFor({
      builderInstance: 'fleet',
      platforms: ['linux/amd64', 'linux/arm64'],
      cacheFrom: ['type=registry,ref=r/cache'],
      cacheTo: ['type=inline'],
      secrets: ['id=npmrc,src=.npmrc'],
      ssh: ['default'],
      buildContexts: { libs: 'libs' },
      provenance: 'mode=max',
      sbom: true,
      buildArgs: { NAME: '--load' },
      labels: { of: 'option' },
      stage: 'runtime',
    });
    expect(given).toEqual(
      expect.arrayContaining([
        '--builder=fleet',
        '--platform=linux/amd64,linux/arm64',
        '--target=runtime',
        '--build-arg=NAME=--load',
        '--label=of=option',
        '--cache-from=type=registry,ref=r/cache',
        '--cache-to=type=inline',
        '--secret=id=npmrc,src=.npmrc',
        '--ssh=default',
        '--build-context=libs=libs',
        '--provenance=mode=max',
        '--sbom=true',
      ]),
    );
  });

  it('is to use no cache and to pull where the build is a fresh one', () => {
    expect(argumentsFor({}, true)).toEqual(expect.arrayContaining(['--no-cache', '--pull']));
  });

  it('names bases by the digest that was looked up, and leaves alone what was not', () => {
    const digest = `sha256:${'1'.repeat(64)}`;
    const bases = new Map([
      ['localhost:5000/base:1', digest],
      ['debian', digest],
      ['other:1', 'unknown'],
      [`pinned:1@${digest}`, digest],
    ]);
    expect(argumentsFor({}, false, bases).filter((argument) => argument.startsWith('--build-context'))).toEqual([
      `--build-context=localhost:5000/base:1=docker-image://localhost:5000/base@${digest}`,
      `--build-context=debian=docker-image://debian@${digest}`,
    ]);
  });
});

describe('options of buildx', () => {
  it('are refused where they are not understood, and a secret is never shown', () => {
    const wrong = { platforms: ['arm64'], secrets: ['TOKEN=s3cret'], builderInstance: '--bad' };
    expect(() => container({ builderInstance: wrong.builderInstance })).toThrow(/app: builderInstance/);
    const both = () => container({ platforms: wrong.platforms, secrets: wrong.secrets });
    expect(both).toThrow(/platforms: .*"arm64"; secrets\[0\]: expected id=NAME,src=FILE/);
    expect(both).not.toThrow(/s3cret/);
  });

  it('to push by digest needs a registry', () => {
    expect(() => container({ builder: 'buildx', pushByDigest: true })).toThrow(
      /pushByDigest of project app: expected a registry/,
    );
    expect(container({ builder: 'buildx', pushByDigest: true, registry: 'localhost:5000' }).buildx.pushByDigest).toBe(
      true,
    );
  });
});

describe('values of secrets', () => {
  it('are taken out of what is printed, whether they stand in a file or a variable', async () => {
    await writeFile(join(root, 'npmrc'), '//registry/:_authToken=abcdef\nother-line\n');
    const mask = await secretsMask(root, ['id=npmrc,src=npmrc', 'id=token,env=TOKEN', 'id=gone,src=no-file'], {
      TOKEN: 'tok-12345',
    });
    expect(mask('tok-12345 and //registry/:_authToken=abcdef')).toBe('*** and ***');
    expect(mask('nothing here')).toBe('nothing here');
  });

  it('are found by the ID alone, as Docker does', async () => {
    expect((await secretsMask(root, ['id=TOKEN'], { TOKEN: 'tok-12345' }))('a tok-12345')).toBe('a ***');
  });
});

describe('the time of what is built', () => {
  it('is SOURCE_DATE_EPOCH, and 0 where there is no commit', async () => {
    expect(await sourceDateEpoch(root, { SOURCE_DATE_EPOCH: '1700000000' })).toBe(1_700_000_000);
    expect(await sourceDateEpoch(root, { GIT_CEILING_DIRECTORIES: root })).toBe(0);
    await expect(sourceDateEpoch(root, { SOURCE_DATE_EPOCH: 'now' })).rejects.toMatchObject({ code: 'invalid' });
  });
});

/** A `docker` that answers as this script says. */
async function standIn(script: string): Promise<void> {
  await mkdir(join(root, 'bin'), { recursive: true });
  await writeFile(join(root, 'bin/docker'), `#!/bin/sh\n${script}\n`);
  await chmod(join(root, 'bin/docker'), 0o755);
  vi.stubEnv('PATH', `${join(root, 'bin')}${delimiter}${process.env.PATH}`);
}

describe('a build that can not be', () => {
  let printed: string[] = [];
  const build = (options: ContainerOptions = {}) => {
    printed = [];
    return buildx.build({
      workspaceRoot: root,
      container: container({ builder: 'buildx', ...options }),
      isFresh: false,
      keeps: false,
      mayPush: false,
      bases: new Map(),
      onOutput: (line) => void printed.push(line),
    });
  };

  it('says that there is no docker', async () => {
    vi.stubEnv('PATH', join(root, 'nothing'));
    await expect(build()).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/no program docker/),
    });
  });

  it('says that the plugin is missing', async () => {
    await standIn('echo "docker: \'buildx\' is not a docker command." >&2; exit 1');
    await expect(build()).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/no plugin buildx/),
    });
  });

  it('says that the instance is missing', async () => {
    await standIn('echo \'ERROR: no builder "fleet" found\' >&2; exit 1');
    await expect(build({ builderInstance: 'fleet' })).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringMatching(/no instance fleet/),
      hint: expect.stringMatching(/create --name=fleet/),
    });
  });

  it('shows the end of the output of one that failed, without secrets, and leaves no file', async () => {
    vi.stubEnv('TOKEN', 'tok-12345');
    vi.stubEnv('TMPDIR', root);
    await standIn(
      '[ "$2" = inspect ] && exit 0\nenv | grep -q ^SOURCE_DATE_EPOCH= || exit 9\nfor i in $(seq 200); do echo "#5 line $i"; done\necho "got tok-12345"\necho "ERROR: failed to solve: exit code: 3" >&2\nexit 1',
    );
    const error = await build({ secrets: ['id=token,env=TOKEN'] }).catch((reason: Error) => reason);
    expect(error).toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/app failed: failed to solve: exit code: 3/),
    });
    expect(String(error)).toContain('got ***');
    expect(String(error)).not.toContain('#5 line 20\n');
    expect(printed).toContain('#5 line 20');
    expect(JSON.stringify([String(error), printed])).not.toContain('tok-12345');
    expect(await readdir(root)).toEqual(['bin']);
  });

  it('ends all builds of an image on several nodes with the first that fails, and leaves no file', async () => {
    vi.stubEnv('TMPDIR', root);
    await standIn(
      [
        '[ "$2" = inspect ] && printf "Name: fleet\\nDriver: remote\\nEndpoint: a\\nEndpoint: b\\n" && exit 0',
        'case "$*" in *--platform=linux/arm64*) echo "ERROR: no arm here" >&2; exit 1;; esac',
        'exec sleep 60',
      ].join('\n'),
    );
    const begun = Date.now();
    const failing = build({ platforms: ['linux/amd64', 'linux/arm64'] });
    await expect(failing).rejects.toMatchObject({
      code: 'build-failed',
      message: expect.stringMatching(/no arm here/),
    });
    expect(Date.now() - begun).toBeLessThan(30_000);
    expect(await readdir(root)).toEqual(['bin']);
  });
});
