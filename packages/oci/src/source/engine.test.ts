import { chmod } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeWithEngine } from '../testing/describe-with-engine.js';
import { type EngineFixture, engineFixture, shellFromScratch } from '../testing/engine-fixture.js';
import { connectEngine } from './connect-engine.js';

describe('an engine that can not be used', () => {
  const connect = (host: string) => connectEngine({ env: { DOCKER_HOST: host }, timeoutMs: 2_000 });

  test('no socket there', async () => {
    await expect(connect('unix:///nowhere/docker.sock')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('/nowhere/docker.sock'),
      hint: expect.stringMatching(/start/i),
      facts: { reason: 'absent' },
    });
  });

  test('nothing listens on the port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(connect(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/127\.0\.0\.1:\d+ .*: the connection was refused\.$/),
    });
  });

  test.each([
    ['another HTTP server', 404, 'nothing here'],
    ['a server that answers all with a page', 200, '<html></html>'],
  ])('%s', async (_, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(connect(`tcp://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('not a container engine'),
    });
    server.close();
  });

  test('a server that never answers', async () => {
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(
      connectEngine({ env: { DOCKER_HOST: `tcp://127.0.0.1:${port}` }, timeoutMs: 200 }),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('no answer in time') });
    server.closeAllConnections();
    server.close();
  });

  test('a server that speaks no TLS', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await expect(connect(`https://127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/: the answer is no TLS\.$/),
      hint: expect.stringContaining('DOCKER_TLS_VERIFY'),
    });
    server.close();
  });

  test('an SSH host that is not there, in the words of ssh', async () => {
    await expect(
      connectEngine({ env: { DOCKER_HOST: 'ssh://nobody@127.0.0.1:1', PATH: process.env.PATH }, timeoutMs: 5_000 }),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringMatching(/ssh/) });
  });
});

await describeWithEngine('the engine', (engine) => {
  let fixture: EngineFixture;
  beforeAll(async () => {
    fixture = await engineFixture(engine);
  });
  afterAll(() => fixture?.close());
  const dockerfile = (lines: string) => fixture.write({ Dockerfile: `${shellFromScratch}${lines}\n` });

  describe.each([{ buildKit: false }, { buildKit: true }])('building, %o', ({ buildKit }) => {
    test('gives the image, and each line of output', async () => {
      await dockerfile('ARG WHO\nRUN echo hello $WHO\nENV A=b');
      const lines: string[] = [];
      // Of this run alone: what an engine takes from its cache prints nothing.
      const who = `you ${buildKit} ${Date.now()}`;
      const image = await fixture.build({
        buildKit,
        buildArgs: { WHO: who },
        labels: { team: 'blue' },
        tags: [`ivtest-build:${buildKit}`],
        onProgress: (line) => lines.push(line),
      });
      expect(lines).toContain(`hello ${who}`);
      expect(image.repoTags).toEqual([expect.stringContaining(`ivtest-build:${buildKit}`)]);
      expect(image.config.config).toMatchObject({ Env: expect.arrayContaining(['A=b']), Labels: { team: 'blue' } });
      expect(await engine.inspect(`ivtest-build:${buildKit}`)).toEqual(image);
    });

    test('a step that fails is named, with its exit code and the end of its output', async () => {
      await dockerfile('RUN for i in 1 2 3; do echo line $i; done; exit 7');
      await expect(fixture.build({ buildKit })).rejects.toMatchObject({
        code: 'build-failed',
        message: expect.stringMatching(/RUN for i[\s\S]*line 3/),
        facts: { exitCode: 7, step: expect.stringContaining('RUN for i') },
      });
    });

    test('a Dockerfile with a word that is no instruction', async () => {
      await fixture.write({ Dockerfile: 'FROM scratch\nINSTALL curl\n' });
      await expect(fixture.build({ buildKit })).rejects.toMatchObject({
        code: 'build-failed',
        message: expect.stringMatching(/unknown instruction: "?INSTALL/i),
        hint: expect.stringContaining('Dockerfile'),
      });
    });

    test('a base image that can not be had', async () => {
      await fixture.write({ Dockerfile: 'FROM localhost:1/ivtest-none:1\nENV A=b\n' });
      await expect(fixture.build({ buildKit })).rejects.toMatchObject({
        code: 'build-failed',
        message: expect.stringContaining('localhost:1'),
        hint: expect.stringMatching(/FROM/),
      });
    });

    test('a COPY of what .dockerignore leaves out', async () => {
      await dockerfile('COPY secret /secret');
      await fixture.write({ secret: 's', '.dockerignore': 'secret' });
      await expect(fixture.build({ buildKit })).rejects.toMatchObject({
        hint: expect.stringContaining('.dockerignore'),
      });
    });

    test('a stage, and a Dockerfile from outside of the context', async () => {
      await fixture.write({
        'elsewhere/Dockerfile': `${shellFromScratch.replace('FROM scratch', 'FROM scratch AS one')}ENV A=1\nFROM one\nENV A=2\n`,
        'context/busybox': '',
        '.dockerignore': '',
      });
      const options = { buildKit, context: fixture.folder, dockerfile: join(fixture.folder, 'elsewhere/Dockerfile') };
      const image = await fixture.build({ ...options, target: 'one' });
      expect(image.config.config).toMatchObject({ Env: expect.arrayContaining(['A=1']) });
    });

    test('stops when told to', async () => {
      await dockerfile('RUN sleep 60');
      const stop = new AbortController();
      const building = fixture.build({
        buildKit,
        signal: stop.signal,
        onProgress: (line) => /sleep/.test(line) && stop.abort(),
      });
      await expect(building).rejects.toMatchObject({ code: 'aborted' });
    });
  });

  test('two builds that fight over a tag each get their own image', async () => {
    await dockerfile('ENV A=fight');
    const build = (n: string) => fixture.build({ tags: ['ivtest-fight:1'], labels: { n } });
    const images = await Promise.all([build('1'), build('2')]);
    expect(images.map((image) => (image.config.config as { Labels: { n: string } }).Labels.n)).toEqual(['1', '2']);
  });

  test('an ignored Dockerfile does not get into the image', async () => {
    await dockerfile('COPY . /all\nRUN test ! -e /all/Dockerfile && test -e /all/busybox');
    await fixture.write({ '.dockerignore': 'Dockerfile*\n.dockerignore' });
    await fixture.build();
  });

  test('what is not there is undefined, or false, or an error that names it', async () => {
    expect(await engine.inspect('ivtest-none:1')).toBeUndefined();
    expect(await engine.remove('ivtest-none:1')).toBe(false);
    const expected = { code: 'not-found', message: expect.stringContaining('ivtest-none:1') };
    await expect(engine.tag('ivtest-none:1', 'ivtest-other:1')).rejects.toMatchObject(expected);
    await expect(engine.push('localhost:1/ivtest-none:1')).rejects.toMatchObject(expected);
    await expect(engine.history('ivtest-none:1')).rejects.toMatchObject(expected);
    await expect(engine.save(['ivtest-none:1'])[Symbol.asyncIterator]().next()).rejects.toMatchObject(expected);
  });

  test('a name that would reach another path of the API is refused', async () => {
    await expect(engine.inspect('../containers/x')).rejects.toMatchObject({ code: 'invalid' });
    await expect(engine.inspect('a?b')).rejects.toMatchObject({ code: 'invalid' });
  });

  test('is reached by SSH as by its socket', async () => {
    await fixture.write({ 'bin/ssh': '#!/bin/sh\nexec env -u DOCKER_HOST docker system dial-stdio\n' });
    await chmod(join(fixture.folder, 'bin/ssh'), 0o755);
    const env = { DOCKER_HOST: 'ssh://me@build-1', PATH: `${fixture.folder}/bin:${process.env.PATH}` };
    const remote = await connectEngine({ env });
    expect(remote.version).toBe(engine.version);
    await dockerfile('RUN echo over ssh');
    const lines: string[] = [];
    const image = await remote.build({ context: fixture.folder, onProgress: (line) => lines.push(line) });
    expect(lines).toContain('over ssh');
    let bytes = 0;
    for await (const chunk of remote.save([fixture.owns(image.id)])) bytes += chunk.length;
    expect(bytes).toBeGreaterThan(image.sizeBytes);
  });

  test('a push to a closed port says so', async () => {
    await dockerfile('ENV A=push');
    await fixture.build({ tags: [fixture.owns('localhost:1/ivtest-push:1')] });
    await expect(engine.push('localhost:1/ivtest-push:1')).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/localhost:1\/ivtest-push:1.*connection refused/),
    });
    await expect(engine.pull('localhost:1/ivtest-push:1')).rejects.toMatchObject({ code: 'unreachable' });
  });
});
