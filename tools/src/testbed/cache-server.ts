/** Nx's remote cache protocol in a few lines: `GET` and `PUT /v1/cache/{hash}`, kept in memory. */
import { createServer } from 'node:http';

export interface CacheServer {
  readonly env: NodeJS.ProcessEnv;
  readonly entries: ReadonlyMap<string, Buffer>;
  stop(): Promise<void>;
}

export async function startCacheServer(): Promise<CacheServer> {
  const entries = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const hash = request.url?.match(/^\/v1\/cache\/(\w+)$/)?.[1];
    if (hash === undefined || request.headers.authorization !== 'Bearer e2e') {
      response.writeHead(hash === undefined ? 404 : 401, { 'content-type': 'text/plain' }).end();
      return;
    }
    if (request.method === 'PUT') {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      entries.set(hash, Buffer.concat(chunks));
      response.writeHead(200).end();
      return;
    }
    const body = entries.get(hash);
    if (body === undefined) response.writeHead(404).end();
    else
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    env: {
      NX_SELF_HOSTED_REMOTE_CACHE_SERVER: `http://127.0.0.1:${port}`,
      NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: 'e2e',
    },
    entries,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
