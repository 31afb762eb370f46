import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { bodyChunks } from './body-chunks.js';

async function ask(answer: (response: ServerResponse) => void): Promise<IncomingMessage> {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, resolve).on('error', reject);
  });
}

it('gives all bytes in their order, to a slow reader too, and the last ones before the end', async () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, at) => at % 251));
  const read: Uint8Array[] = [];
  for await (const chunk of bodyChunks(await ask((response) => void response.end(bytes)))) {
    if (read.length % 20 === 0) await wait(5);
    read.push(chunk);
  }
  expect(Buffer.concat(read).equals(bytes)).toBe(true);
});

it('ends where there is no body', async () => {
  const chunks = bodyChunks(await ask((response) => void response.writeHead(204).end()));
  expect(await chunks.next()).toEqual({ done: true, value: undefined });
});

it('gives what came, and then fails, where the answer is cut off', async () => {
  const response = await ask((cut) => {
    cut.writeHead(200, { 'content-length': 10 }).write('half', () => cut.destroy());
  });
  const chunks = bodyChunks(response);
  expect(Buffer.from((await chunks.next()).value ?? []).toString()).toBe('half');
  await expect(chunks.next()).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it('reads no further than it has room for, until more is asked for', async () => {
  let written = 0;
  const piece = Buffer.alloc(65_536);
  const response = await ask((endless) => {
    const more = () => {
      while (written < 100e6 && !endless.destroyed) {
        written += piece.length;
        if (!endless.write(piece)) return void endless.once('drain', more);
      }
    };
    more();
  });
  const chunks = bodyChunks(response);
  await chunks.next();
  await wait(300);
  expect(written).toBeLessThan(50e6);
  await chunks.return();
});

it('closes the connection where the reader leaves', async () => {
  let isClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    isClosed = resolve;
  });
  const response = await ask((endless) => void endless.on('close', isClosed).write('first'));
  for await (const _ of bodyChunks(response)) break;
  await closed;
  expect(response.destroyed).toBe(true);
});
