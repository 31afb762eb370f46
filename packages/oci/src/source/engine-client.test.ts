import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { type EngineRequest, engineClient } from './engine-client.js';
import { engineConnection } from './engine-connection.js';

/** What an engine is asked by a request, and what comes of an answer. */
async function ask(request: Partial<EngineRequest>, answer: { status?: number; body?: string } = {}) {
  let asked: IncomingMessage | undefined;
  const server = createServer((incoming, response) => {
    asked = incoming;
    response.writeHead(answer.status ?? 200).end(answer.body ?? '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = engineClient(engineConnection({ url, from: 'DOCKER_HOST', tls: undefined }, {}));
  const given = client.json({ method: 'POST', path: '/images/create', tried: 'pull x', ...request });
  const came = await given.catch((error: unknown) => error);
  return { came, url: asked?.url, headers: asked?.headers ?? {} };
}

it('gives credentials in base64 for URLs, padded', async () => {
  for (const password of ['a', 'ab', 'abc', '???>>>~~~ÿÿÿ']) {
    const auth = { username: 'me', password };
    const { headers } = await ask({ auth, registryAuth: { 'ghcr.io': auth } });
    const given = [String(headers['x-registry-auth']), String(headers['x-registry-config'])];
    for (const text of given) expect(text).toMatch(/^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/);
    const read = given.map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()));
    expect(read).toEqual([auth, { 'ghcr.io': auth }]);
  }
});

it('says that there are none where that is to be said', async () => {
  expect((await ask({ auth: null })).headers['x-registry-auth']).toBe('e30=');
  expect((await ask({})).headers).not.toHaveProperty('x-registry-auth');
});

it('repeats the values of a list, and gives an object as JSON', async () => {
  const query = { t: ['a:1', 'b:2'], buildargs: { A: '1 2' }, rm: true, target: undefined };
  const { url } = await ask({ query });
  expect([...new URL(url ?? '', 'http://engine').searchParams]).toEqual([
    ['t', 'a:1'],
    ['t', 'b:2'],
    ['buildargs', '{"A":"1 2"}'],
    ['rm', 'true'],
  ]);
});

it.each([
  [404, '{"message":"no such image"}', 'not-found', 'Could not pull x: no such image'],
  [409, 'in use', 'conflict', 'Could not pull x: in use'],
  [500, '{"cause":"boom"}', 'unreachable', 'Could not pull x: {"cause":"boom"}'],
])('an answer %i %s is an error that says so', async (status, body, code, message) => {
  expect((await ask({}, { status, body })).came).toMatchObject({ code, message, facts: { status } });
});

it('gives the text of an answer that is no JSON', async () => {
  expect((await ask({}, { body: 'OK' })).came).toBe('OK');
});

it('says that the engine went away while it answered', async () => {
  const server = createServer((incoming, response) => {
    response.write('{"stream":"Step 1/2 : FR');
    setTimeout(() => incoming.socket.destroy(), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = engineClient(engineConnection({ url, from: 'DOCKER_HOST', tls: undefined }, {}));
  await expect(client.json({ method: 'POST', path: '/build', tried: 'build x' })).rejects.toMatchObject({
    code: 'unreachable',
    message: 'Could not build x: the connection broke (aborted)',
    hint: expect.stringContaining('engine runs'),
  });
});
