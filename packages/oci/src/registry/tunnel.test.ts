import { request } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
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
])('a tunnel to %s is asked for as %s, and the connection closed where it is refused', async (host, target) => {
  let asked = '';
  let left: Promise<unknown> | undefined;
  const { url } = await startProxy((socket) => {
    left = new Promise((resolve) => socket.once('close', resolve));
    socket.once('data', (data) => {
      asked = data.toString('latin1');
      socket.write('HTTP/1.1 403 Forbidden\r\n\r\n');
    });
  });
  const proxy = Object.assign(new URL(url), { username: 'me', password: 'a%40b' });
  expect(await failureOf(host, proxy, 5000)).toMatchObject({ status: 403 });
  const login = `proxy-authorization: Basic ${Buffer.from('me:a@b').toString('base64')}`;
  expect(asked).toBe(`CONNECT ${target} HTTP/1.1\r\nhost: ${target}\r\nconnection: keep-alive\r\n${login}\r\n\r\n`);
  await left;
});

it('a tunnel that was refused leaves no time limit behind', async () => {
  const { url } = await startProxy((socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  await failureOf('registry.invalid', url, 5000);
  expect(vi.getTimerCount()).toBe(0);
});
