import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const server = createServer((request, response) => {
  response.end(`${request.method} ${request.url}`);
});
let origin: string;

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  vi.doUnmock('undici/lib/dispatcher/agent.js');
  vi.resetModules();
});

const absent = () => {
  throw new Error('no such file');
};

async function ask(): Promise<string> {
  const { loadUndici } = await import('./undici.js');
  const undici = await loadUndici();
  const agent = new undici.Agent();
  const { body } = await undici.request(agent, { origin, path: '/v2/?a=b', method: 'GET' });
  const answer = await body.text();
  await agent.destroy();
  return answer;
}

describe('undici', () => {
  it('answers by the files of it that are needed', async () => {
    vi.doMock('undici', absent);
    expect(await ask()).toBe('GET /v2/?a=b');
    vi.doUnmock('undici');
  });

  it('answers as a whole where its files lie elsewhere', async () => {
    vi.doMock('undici/lib/dispatcher/agent.js', absent);
    expect(await ask()).toBe('GET /v2/?a=b');
  });
});
