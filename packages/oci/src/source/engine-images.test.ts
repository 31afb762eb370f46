import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Digest } from '../content/descriptor.js';
import { sha256Digest } from '../content/digest.js';
import type { Image } from '../model/image.js';
import { parseImageConfig } from '../model/image-config.js';
import { createRegistryClient } from '../registry/client.js';
import { describeWithEngine } from '../testing/describe-with-engine.js';
import { type EngineFixture, engineFixture, shellFromScratch } from '../testing/engine-fixture.js';
import { startTestRegistry } from '../testing/test-registry.js';
import type { EngineImage } from './engine.js';
import { openEngineImages } from './engine-images.js';
import { publishImage } from './publish.js';
import { retag } from './retag.js';

const run = promisify(execFile);

async function digestOf(tar: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of tar) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

await describeWithEngine('an image in the engine', (engine) => {
  let fixture: EngineFixture;
  let built: EngineImage;
  const name = 'ivtest-images:1';
  beforeAll(async () => {
    fixture = await engineFixture(engine);
    await fixture.write({
      Dockerfile: `${shellFromScratch}WORKDIR /app\nRUN true\nENV A=b\nRUN rm /bin/sh\nCMD ["x"]\nHEALTHCHECK --interval=5s CMD y\nEXPOSE 80\n`,
    });
    built = await fixture.build({ tags: [name] });
  });
  afterAll(() => fixture?.close());
  const open = async (reference = name): Promise<Image> => {
    const set = await openEngineImages(engine, reference);
    const [platform] = await set.readPlatforms();
    return set.open(platform ?? { os: 'linux', architecture: 'amd64' });
  };

  test('has the config that is stored, without an export', async () => {
    const image = await open();
    const { history, ...config } = image.config;
    const { history: stored, ...expected } = parseImageConfig(await image.readRawConfig());
    expect(config).toEqual(expected);
    const withoutTime = (entries: typeof history) => entries.map(({ created: _, ...entry }) => entry);
    expect(withoutTime(history)).toEqual(withoutTime(stored));
    const { manifestDigest, configDigest = sha256Digest(await image.readRawConfig()) } = image;
    expect(configDigest).toBe(sha256Digest(await image.readRawConfig()));
    expect(manifestDigest ?? configDigest).toBe(built.id);
  });

  test('with BuildKit too', async () => {
    const image = await open((await fixture.build({ buildKit: true })).id);
    const stored = parseImageConfig(await image.readRawConfig());
    expect(image.config.run).toEqual(stored.run);
    expect(image.config.history.map((entry) => entry.emptyLayer)).toEqual(
      stored.history.map((entry) => entry.emptyLayer),
    );
  });

  test('gives each layer with the bytes of its diffId', async () => {
    const image = await open();
    const read = await image.readLayers(new Set(image.config.diffIds), digestOf);
    expect([...read.keys()].sort()).toEqual([...image.config.diffIds].sort());
    for (const [diffId, digest] of read) expect(digest).toBe(diffId);
  });

  test('gives only what was asked for, and knows what it does not have', async () => {
    const image = await open();
    for (const diffId of image.config.diffIds) {
      let calls = 0;
      const read = await image.readLayers(new Set([diffId]), (tar) => {
        calls += 1;
        return digestOf(tar);
      });
      expect([...read]).toEqual([[diffId, diffId]]);
      // The uppermost may have to be read to be known as not wanted.
      if (engine.kind === 'docker' && image.manifestDigest === undefined) expect(calls).toBeLessThanOrEqual(2);
    }
    const unknown: Digest = `sha256:${'0'.repeat(64)}`;
    await expect(image.readLayers(new Set([unknown]), digestOf)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('stays itself when its tag moves', async () => {
    const image = await open();
    await fixture.write({ 'other/Dockerfile': 'FROM scratch\nENV OTHER=1\nCOPY busybox /x\n' });
    await fixture.build({ dockerfile: 'other/Dockerfile', tags: [name] });
    expect([...(await image.readLayers(new Set(image.config.diffIds), digestOf)).keys()]).toHaveLength(
      image.config.diffIds.length,
    );
    await engine.tag(built.id, name);
  });

  test('reading stops when told to', async () => {
    const stop = new AbortController();
    const image = await open();
    const reading = image.readLayers(
      new Set(image.config.diffIds),
      async (tar) => {
        for await (const _ of tar) stop.abort();
      },
      { signal: stop.signal },
    );
    await expect(reading).rejects.toMatchObject({ code: 'aborted' });
  });

  test('that is not there is an error that names it', async () => {
    await expect(open('ivtest-none:1')).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('daemon://ivtest-none:1'),
    });
  });

  test('published by us it is pulled by the engine as the same image, and runs', async () => {
    const registry = await startTestRegistry();
    const client = createRegistryClient({ env: { DOCKER_CONFIG: '/nonexistent' } });
    await fixture.write({
      'run/Dockerfile': `${shellFromScratch}RUN echo hello > /greeting\nCMD ["cat", "/greeting"]\nRUN ["/bin/busybox", "ln", "-s", "busybox", "/bin/cat"]\n`,
    });
    const image = await fixture.build({ dockerfile: 'run/Dockerfile' });
    const repository = client.repository(`${registry.host}/ivtest-published`);
    const { digest } = await publishImage(await open(image.id), repository, { tag: 'v1' });
    await retag(repository, digest, 'v2');
    await engine.remove(image.id);
    expect(await engine.inspect(image.id)).toBeUndefined();

    const pulled = fixture.owns(`${registry.host}/ivtest-published:v2`);
    await engine.pull(pulled);
    expect(await engine.inspect(pulled)).toMatchObject({
      // In Docker's containerd image store that is the digest of the manifest.
      id: image.manifestDigest === undefined ? image.id : digest,
      diffIds: image.diffIds,
      repoDigests: [`${registry.host}/ivtest-published@${digest}`],
    });
    const { stdout } = await run(engine.kind, ['run', '--rm', '--network=none', pulled]);
    expect(stdout).toBe('hello\n');

    const pushed = fixture.owns(`${registry.host}/ivtest-pushed:v1`);
    await engine.tag(pulled, pushed);
    expect(await client.repository(`${registry.host}/ivtest-pushed`).resolve('v1')).toBeUndefined();
    const pushedDigest = await engine.push(pushed);
    expect((await client.repository(`${registry.host}/ivtest-pushed`).resolve('v1'))?.digest).toBe(pushedDigest);
    await client.close();
    await registry.close();
  });

  test('a registry that refuses a push, in two ways', async () => {
    for (const [auth, code] of [
      ['basic', 'unauthorized'],
      ['none', 'forbidden'],
    ] as const) {
      const faults =
        auth === 'none'
          ? [{ method: 'POST', status: 403, body: '{"errors":[{"code":"DENIED","message":"denied"}]}', times: 99 }]
          : [];
      const registry = await startTestRegistry({ auth, faults });
      const target = fixture.owns(`${registry.host}/ivtest-refused:1`);
      await engine.tag(name, target);
      await expect(engine.push(target)).rejects.toMatchObject({ code });
      await registry.close();
    }
  });
});
