import { Agent, type ClientRequest, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, Agent as SecureAgent, request as secureRequest } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type LookupFunction,
  type Server,
  type Socket,
} from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bodyChunks } from './body-chunks.js';
import { exchange, type RequestBody } from './exchange.js';
import { limitTime, type TimeLimits } from './time-limits.js';

function sent(request: ClientRequest, body: RequestBody, within: TimeLimits): Promise<IncomingMessage> {
  limitTime(request, within);
  return exchange(request, body);
}

const limits = { connectMs: 5000, headersMs: 5000, bodyMs: 5000 };

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Begins a request to a server that answers so. */
async function to(answer: (asked: IncomingMessage, response: ServerResponse) => void, method = 'GET') {
  return request({ port: await listen(createServer(answer)), host: '127.0.0.1', method });
}

async function* pieces(count: number, between: () => Promise<unknown> = async () => {}): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < count; at++) {
    await between();
    yield Buffer.alloc(65_536, at);
  }
}

async function sizeOf(response: IncomingMessage): Promise<number> {
  let size = 0;
  for await (const chunk of bodyChunks(response)) size += chunk.byteLength;
  return size;
}

describe('an exchange', () => {
  it('ends where nobody answers the TLS handshake', async () => {
    const port = await listen(createTcpServer());
    const answer = sent(secureRequest({ port, host: '127.0.0.1' }), undefined, { ...limits, connectMs: 50 });
    await expect(answer).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
  });

  it('waits for a connection longer than one is kept', async () => {
    const port = await listen(createServer((_, response) => void response.end('late')));
    const lookup: LookupFunction = (_, options, found) => {
      setTimeout(
        () => (options.all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4)),
        150,
      );
    };
    const agent = new Agent({ keepAlive: true, timeout: 20 });
    onTestFinished(() => agent.destroy());
    const response = await sent(request({ port, host: 'registry.invalid', lookup, agent }), undefined, limits);
    expect(await response.toArray()).toEqual([Buffer.from('late')]);
  });

  it('ends where there is no answer', async () => {
    const answer = sent(await to(() => {}), undefined, { ...limits, headersMs: 50 });
    await expect(answer).rejects.toMatchObject({ code: 'HEADERS_TIMEOUT' });
  });

  it('ends where the answer is another protocol', async () => {
    const server = createTcpServer((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n'));
    });
    const answer = sent(request({ port: await listen(server), host: '127.0.0.1' }), undefined, limits);
    await expect(answer).rejects.toThrow('closed without an answer');
  });

  it('ends where the body that is sent is not taken', async () => {
    const server = createTcpServer((socket) => socket.pause());
    const upload = request({ port: await listen(server), host: '127.0.0.1', method: 'PUT' });
    await expect(sent(upload, pieces(1000), { ...limits, headersMs: 200 })).rejects.toMatchObject({
      code: 'HEADERS_TIMEOUT',
    });
  });

  it('waits for the body that is sent', async () => {
    const upload = await to(async (asked, response) => {
      response.end(String(await sizeOf(asked)));
    }, 'PUT');
    const body = pieces(3, () => wait(120));
    const response = await sent(upload, body, { ...limits, headersMs: 50 });
    expect(await response.toArray()).toEqual([Buffer.from('196608')]);
  });

  it('ends where the answer stops half-way', async () => {
    const response = await sent(
      await to((_, response) => void response.writeHead(200, { 'content-length': 10 }).write('half')),
      undefined,
      { ...limits, bodyMs: 50 },
    );
    await expect(sizeOf(response)).rejects.toMatchObject({ code: 'BODY_TIMEOUT' });
  });

  it.each([8 * 1024 * 1024, 256 * 1024, 100])('waits for who reads the answer, of %i bytes', async (bytes) => {
    const response = await sent(await to((_, response) => void response.end(Buffer.alloc(bytes))), undefined, {
      ...limits,
      bodyMs: 50,
    });
    let size = 0;
    for await (const chunk of bodyChunks(response)) {
      if (size === 0) await wait(250);
      size += chunk.byteLength;
    }
    expect(size).toBe(bytes);
  });

  it('fails with the error of who makes the body', async () => {
    const upload = await to((asked) => void asked.resume().on('error', () => {}), 'PUT');
    const body = pieces(2, async () => {
      throw new Error('the disk is gone');
    });
    await expect(sent(upload, body, limits)).rejects.toThrow('the disk is gone');
  });

  it('makes no more of a body when the connection is gone', async () => {
    const upload = await to((asked) => void asked.once('data', () => asked.socket.destroy()), 'PUT');
    let isReturned = false;
    const body = (async function* () {
      try {
        yield* pieces(1000, () => wait(1));
      } finally {
        isReturned = true;
      }
    })();
    await expect(sent(upload, body, limits)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    await expect.poll(() => isReturned).toBe(true);
  });

  it('makes no more of a body whose answer was read', async () => {
    const upload = await to(
      (_, response) => void response.writeHead(413, { 'content-length': 9 }).end('too large'),
      'PUT',
    );
    let isReturned = false;
    const body = (async function* () {
      try {
        yield* pieces(100_000, () => wait(1));
      } finally {
        isReturned = true;
      }
    })();
    const response = await sent(upload, body, limits);
    expect(await sizeOf(response)).toBe(9);
    await expect.poll(() => isReturned).toBe(true);
  });

  it('leaves no time limit behind where there was no connection', async () => {
    const lookup: LookupFunction = (_, options, found) => found(new Error('not known'), options.all ? [] : '', 4);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const asked = secureRequest({ port: 1, host: 'registry.invalid', lookup });
    const closed = new Promise((resolve) => asked.once('close', resolve));
    await expect(sent(asked, undefined, limits)).rejects.toThrow('not known');
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not take a kept connection for one that is still to be made', async () => {
    const [psk, tls] = [Buffer.from('secret'), { ciphers: 'PSK', maxVersion: 'TLSv1.2' } as const];
    let count = 0;
    const server = createSecureServer({ ...tls, pskCallback: () => psk }, (_, response) => {
      setTimeout(() => response.end('x'), count++ === 0 ? 0 : 300);
    });
    const pskCallback = () => ({ psk, identity: 'me' });
    const agent = new SecureAgent({ ...tls, keepAlive: true, pskCallback, checkServerIdentity: () => undefined });
    onTestFinished(() => agent.destroy());
    const port = await listen(server);
    for (const connectMs of [5000, 100]) {
      const asked = secureRequest({ port, host: '127.0.0.1', agent });
      expect(await sizeOf(await sent(asked, undefined, { ...limits, connectMs }))).toBe(1);
    }
  });

  it('gives an answer that comes before all is sent', async () => {
    const upload = await to((_, response) => void response.writeHead(413).end('too large'), 'PUT');
    const response = await sent(
      upload,
      pieces(1000, () => wait(1)),
      limits,
    );
    expect(response.statusCode).toBe(413);
    expect(await sizeOf(response)).toBe(9);
    upload.destroy();
  });
});
