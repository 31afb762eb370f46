import type { Agent, AgentOptions, RequestOptions } from 'node:https';
import { isIPv6 } from 'node:net';
import type { Duplex } from 'node:stream';
import { nodeHttp, nodeHttps } from '../http/node-http.js';
import { TimeoutError } from '../http/time-limits.js';
import { proxyLogin } from './proxies.js';

/** A request through a tunnel. Node hands on to its agent what it does not know, and not `signal`. */
export interface TunnelledOptions extends RequestOptions {
  /** Ends the making of the connection. */
  readonly tunnelSignal?: AbortSignal | undefined;
}

/** A proxy lets nobody through to the registry. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/**
 * An agent whose connections lead through a proxy (CONNECT; RFC 9110, 9.3.6). Each is given up after `connectMs` and on the signal of its
 * request, since Node tells a request of neither as long as its agent has no socket for it.
 */
export function createTunnelAgent(proxy: URL, options: AgentOptions, connectMs: number): Agent {
  const agent = new (nodeHttps().Agent)(options);
  const encrypt = agent.createConnection.bind(agent);
  agent.createConnection = (wanted: TunnelledOptions, done: (error: Error | null, socket?: Duplex) => void) => {
    connectThrough(proxy, wanted, connectMs)
      .then((socket) => encrypt({ ...wanted, socket } as RequestOptions) ?? undefined)
      .then((socket) => done(null, socket), done);
    return undefined;
  };
  return agent;
}

function connectThrough(proxy: URL, wanted: TunnelledOptions, connectMs: number): Promise<Duplex> {
  const { host, port, tunnelSignal } = wanted;
  const target = `${isIPv6(host ?? '') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https:' ? nodeHttps() : nodeHttp()).request(proxy, {
      method: 'CONNECT',
      path: target,
      // Some proxies close a tunnel after an answer where the request for it says so, as Node's would.
      headers: { host: target, connection: 'keep-alive', ...proxyLogin(proxy) },
      auth: null,
      agent: false,
      ...(tunnelSignal && { signal: tunnelSignal }),
    });
    const timer = setTimeout(() => request.destroy(new TimeoutError('CONNECT_TIMEOUT')), connectMs);
    request.once('close', () => clearTimeout(timer));
    request.once('error', reject);
    request.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new ProxyRefusal(statusCode));
    });
    request.end();
  });
}
