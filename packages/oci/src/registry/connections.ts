import type { Agent, ClientRequest, RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import { nodeHttp, nodeHttps } from '../http/node-http.js';
import { registryEndpoint } from './endpoint.js';
import type { RegistrySettings, RegistryTls } from './options.js';
import { proxyLogin, readProxies } from './proxies.js';

/** What a request begins with. */
export type RequestStart = Pick<RequestOptions, 'method' | 'signal'> & {
  readonly headers: Readonly<Record<string, string>>;
};

/** Connections to registries, each kept for the next request. */
export interface Connections {
  /** Begins a request, through a proxy where there is one. Throws `invalid` for proxies that are none. */
  open(url: URL, start: RequestStart): Promise<ClientRequest>;
  close(): Promise<void>;
}

/** Shorter than registries keep a connection that nobody uses. */
const IDLE_MS = 4_000;

export function createConnections({ env, insecure, tls }: RegistrySettings): Connections {
  // By the host that is asked: without the port that HTTPS has anyway, and for Docker Hub its API's.
  const tlsOf = new Map([...tls].map(([host, own]) => [registryEndpoint(host, insecure, true).host, own]));
  const agents = new Map<string, Promise<Agent>>();
  const checks = new Map<string, TlsChecks>();
  const proxyFor = readProxies(env);

  async function begin(url: URL, options: RequestOptions, tunnel?: URL): Promise<ClientRequest> {
    const key = `${url.protocol} ${tunnel?.href ?? ''}`;
    const agent = await remembered(agents, key, () => createAgent(url.protocol, tunnel));
    if (url.protocol === 'http:') return nodeHttp().request(url, { ...options, agent });
    const own = tlsOf.get(url.host);
    const checked = own && remembered(checks, url.host, () => checksOf(own));
    const request = nodeHttps().request(url, { ...options, ...checked, agent });
    if (tunnel !== undefined) request.once('proxyConnect', (answer) => assertTunnel(request, answer));
    return request;
  }

  return {
    async open(url, start) {
      const proxy = proxyFor(url);
      if (url.protocol === 'http:' && proxy !== undefined) return begin(proxy, forwarded(url, proxy, start));
      return begin(url, start, proxy);
    },
    async close() {
      for (const agent of agents.values()) (await agent.catch(() => undefined))?.destroy();
    },
  };
}

function remembered<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** A proxy lets nobody through to the registry. */
export class ProxyRefusal extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/** What a proxy answers where it makes no tunnel would else look like the registry's answer. */
function assertTunnel(request: ClientRequest, { statusCode }: { readonly statusCode: number }): void {
  if (statusCode !== 200) request.destroy(new ProxyRefusal(statusCode));
}

/** The request as a proxy takes it for plain HTTP (RFC 9112, 3.2.2). Of its user Node would tell the registry, too, but for `auth`. */
function forwarded(url: URL, proxy: URL, { headers, ...start }: RequestStart): RequestOptions {
  const path = url.origin + url.pathname + url.search;
  return { ...start, path, headers: { ...headers, ...proxyLogin(proxy), host: url.host }, auth: null };
}

async function createAgent(protocol: string, tunnel: URL | undefined): Promise<Agent> {
  const options = { keepAlive: true, timeout: IDLE_MS };
  if (tunnel !== undefined) return new (await import('https-proxy-agent')).HttpsProxyAgent(tunnel, options);
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
