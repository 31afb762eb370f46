import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Distant {
  /** `localhost:PORT`, where the far server answers. */
  readonly host: string;
  stop(): Promise<void>;
}

/** The server at `host` as from far away: all that it sends takes `delayMs` longer. */
export async function atDistance(host: string, delayMs: number): Promise<Distant> {
  const port = Number(host.split(':')[1]);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()));
    near.on('data', (bytes) => far.write(bytes)).on('close', () => far.destroy());
    far.on('data', (bytes) => setTimeout(() => near.write(bytes), delayMs));
    far.on('close', () => setTimeout(() => near.destroy(), delayMs));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
