/** A proxy before a real registry, in which a test makes something happen at a chosen moment. */
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';

export interface FaultProxy {
  /** `localhost:<port>`. */
  readonly host: string;
  /** `METHOD /path` of each request that came, oldest first. */
  readonly requests: string[];
  stop(): Promise<void>;
}

/** `afterAnswer` runs when the registry has answered and before the client hears of it; false: the client never does. */
export async function startFaultProxy(
  target: string,
  afterAnswer: (request: IncomingMessage) => boolean,
): Promise<FaultProxy> {
  const [hostname, port] = target.split(':');
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const upstream = httpRequest(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        if (!afterAnswer(request)) {
          answer.resume();
          request.socket.destroy();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    upstream.on('error', () => response.destroy());
    request.on('error', () => upstream.destroy());
    request.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const own = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    host: `localhost:${own}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
