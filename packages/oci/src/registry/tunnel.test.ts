import { request } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createTunnelAgent } from './tunnel.js';

/** A proxy that does so with who comes. */
async function startProxy(meet: (socket: Socket) => void): Promise<{ url: URL; server: Server }> {
  const server = createServer((socket) => meet(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), server };
}

function failureOf(host: string, proxy: URL, connectMs: number): Promise<unknown> {
  const agent = createTunnelAgent(proxy, {}, connectMs);
  return new Promise((resolve) => request({ host, agent }).once('error', resolve).end());
}

it('a tunnel is given up where the proxy is silent, and its connection with it', async () => {
  let left: Promise<unknown> | undefined;
  const { url } = await startProxy((socket) => {
    left = new Promise((resolve) => socket.resume().once('close', resolve));
  });
  expect(await failureOf('registry.invalid', url, 50)).toMatchObject({ code: 'CONNECT_TIMEOUT' });
  await left;
});

it('a tunnel is not there where the proxy goes away', async () => {
  const { url } = await startProxy((socket) => socket.end('HTTP/1.1 200 '));
  expect(await failureOf('registry.invalid', url, 5000)).toMatchObject({ code: 'ECONNRESET' });
});

it.each([
  ['registry.invalid', 'registry.invalid:443'],
  ['fd12::1', '[fd12::1]:443'],
])('a tunnel to %s is asked for as %s', async (host, target) => {
  let asked = '';
  const { url } = await startProxy((socket) => {
    socket.once('data', (data) => {
      asked = data.toString('latin1');
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  });
  expect(await failureOf(host, url, 5000)).toMatchObject({ status: 403 });
  expect(asked).toBe(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nconnection: keep-alive\r\n\r\n`);
});
