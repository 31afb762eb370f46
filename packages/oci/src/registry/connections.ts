import type { Dispatcher } from 'undici';
import { isLoopback, registryEndpoint } from './endpoint.js';
import type { RegistrySettings, RegistryTls } from './options.js';
import { proxyRules } from './proxy.js';
import { loadProxyAgent, loadUndici, type Undici } from './undici.js';

/** What requests are sent over, and by. */
export interface Connections {
  readonly request: Undici['request'];
  readonly dispatcherFor: (url: URL) => Promise<Dispatcher>;
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Loads undici. Makes an agent for all hosts, one for each proxy, and one for each host with TLS checks of its own, when they are first
 * needed. Throws `invalid` for a proxy that is none.
 */
export async function connect(settings: RegistrySettings): Promise<Connections> {
  const proxyFor = proxyRules(settings.env);
  const { Agent, request } = await loadUndici();
  // By the host that is asked: without the port that HTTPS has anyway, and for Docker Hub its API's.
  const tlsOf = new Map(
    [...settings.tls].map(([host, tls]) => [registryEndpoint(host, settings.insecure, true).host, tls]),
  );
  const common = { headersTimeout: settings.headersTimeoutMs, bodyTimeout: settings.bodyTimeoutMs };

  async function newAgent(proxy: string | undefined, tls: RegistryTls | undefined): Promise<Dispatcher> {
    const checks = tls && (await checksOf(tls));
    if (proxy === undefined) return new Agent({ ...common, connect: { timeout: CONNECT_TIMEOUT_MS, ...checks } });
    const ProxyAgent = await loadProxyAgent();
    return new ProxyAgent({ ...common, uri: proxy, proxyTunnel: false, ...(checks && { requestTls: checks }) });
  }

  const agents = new Map<string, Promise<Dispatcher>>();
  return {
    request,
    dispatcherFor: (url) => {
      const proxy = isLoopback(url.host) ? undefined : proxyFor(url);
      const tls = tlsOf.get(url.host);
      const key = JSON.stringify([proxy, tls && url.host]);
      const agent = agents.get(key) ?? newAgent(proxy, tls);
      agents.set(key, agent);
      return agent;
    },
    async close() {
      await Promise.all([...agents.values()].map((agent) => agent.then((made) => made.destroy()).catch(() => {})));
    },
  };
}

interface TlsChecks {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string[];
}

async function checksOf({ certificates, isChecked = true }: RegistryTls): Promise<TlsChecks> {
  if (!certificates) return { rejectUnauthorized: isChecked };
  // Loaded only here: to import it makes the list.
  const { rootCertificates } = await import('node:tls');
  return { rejectUnauthorized: isChecked, ca: [...rootCertificates, certificates] };
}
