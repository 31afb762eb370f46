import type { Agent, ClientRequest, RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import { nodeHttp, nodeHttps } from '../http/node-http.js';
import { registryEndpoint } from './endpoint.js';
import type { RegistrySettings, RegistryTls } from './options.js';
import { proxyLogin, readProxies } from './proxies.js';
import { createTunnelAgent, type TunnelledOptions } from './tunnel.js';

/** What a request begins with. */
export type RequestStart = Pick<RequestOptions, 'method' | 'signal'> & {
  readonly headers: Readonly<Record<string, string>>;
};

/** Connections to registries, each kept for the next request. */
export interface Connections {
  /** Begins a request, through a proxy where there is one. Throws `invalid` for proxies that are none. */
  open(url: URL, start: RequestStart): ClientRequest;
  close(): void;
}

/** Shorter than registries keep a connection that nobody uses. */
const IDLE_MS = 4_000;

/** Until there is a connection, proxy and TLS included. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** For each of a host's addresses but the last. Node's 250 ms are less than the way to a far registry takes. */
const ADDRESS_TIMEOUT_MS = 2_000;

export function createConnections({ env, insecure, tls }: RegistrySettings): Connections {
  // By the host that is asked: without the port that HTTPS has anyway, and for Docker Hub its API's.
  const tlsOf = new Map([...tls].map(([host, own]) => [registryEndpoint(host, insecure, true).host, own]));
  const agents = new Map<string, Agent>();
  const checks = new Map<string, TlsChecks>();
  const proxyFor = readProxies(env);

  function begin(url: URL, options: RequestOptions, tunnel?: URL): ClientRequest {
    const agent = remembered(agents, `${url.protocol} ${tunnel?.href ?? ''}`, () => createAgent(url.protocol, tunnel));
    if (url.protocol === 'http:') return nodeHttp().request(url, { ...options, agent });
    const own = tlsOf.get(url.host);
    const checked = own && remembered(checks, url.host, () => checksOf(own));
    const tunnelled: TunnelledOptions = { ...options, ...checked, agent, tunnelSignal: options.signal };
    return nodeHttps().request(url, tunnelled);
  }

  return {
    open(url, start) {
      const proxy = proxyFor(url);
      if (url.protocol === 'http:' && proxy !== undefined) return begin(proxy, forwarded(url, proxy, start));
      return begin(url, start, proxy);
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** The request as a proxy takes it for plain HTTP (RFC 9112, 3.2.2). Of its user Node would tell the registry, too, but for `auth`. */
function forwarded(url: URL, proxy: URL, { headers, ...start }: RequestStart): RequestOptions {
  const path = url.origin + url.pathname + url.search;
  return { ...start, path, headers: { ...headers, ...proxyLogin(proxy), host: url.host }, auth: null };
}

function createAgent(protocol: string, tunnel: URL | undefined): Agent {
  const options = { keepAlive: true, timeout: IDLE_MS, autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS };
  if (tunnel !== undefined) return createTunnelAgent(tunnel, options, CONNECT_TIMEOUT_MS);
  return new (protocol === 'http:' ? nodeHttp() : nodeHttps()).Agent(options);
}

interface TlsChecks {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

function checksOf({ certificates, isChecked = true }: RegistryTls): TlsChecks {
  if (!certificates) return { rejectUnauthorized: isChecked };
  const { createSecureContext, rootCertificates } = process.getBuiltinModule('node:tls');
  const secureContext = createSecureContext({ ca: [...rootCertificates, certificates] });
  return { rejectUnauthorized: isChecked, secureContext };
}
