import type { Agent, Dispatcher, EnvHttpProxyAgent } from 'undici';
import { isLoopback } from './endpoint.js';
import type { RegistrySettings, RegistryTls } from './options.js';
import { loadProxyAgent, loadUndici, type Undici } from './undici.js';

/** What requests are sent over, and by. */
export interface Connections {
  readonly request: Undici['request'];
  readonly dispatcherFor: (host: string) => Dispatcher;
  readonly close: () => Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** Makes what is sent over: an agent of undici's with these options, proxied or not. */
interface Agents {
  direct(options: Agent.Options): Dispatcher;
  /** `undefined` where there is no proxy. */
  proxied(options: EnvHttpProxyAgent.Options): Dispatcher | undefined;
}

/** Loads undici, and makes an agent for all hosts, one for proxies if there are some, and one for each host with TLS checks of its own. */
export async function connect(settings: RegistrySettings): Promise<Connections> {
  const undici = await loadUndici();
  const agents = await agentsOf(undici, settings);
  const common = {
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: settings.headersTimeoutMs,
    bodyTimeout: settings.bodyTimeoutMs,
  };
  const direct = agents.direct(common);
  const proxied = agents.proxied(common) ?? direct;
  const own = new Map<string, Dispatcher>();
  for (const [host, tls] of settings.tls) own.set(host, agentFor(agents, host, await checksOf(tls), common));
  return {
    request: undici.request,
    dispatcherFor: (host) => own.get(host) ?? (isLoopback(host) ? direct : proxied),
    async close() {
      await Promise.all([...new Set([direct, proxied, ...own.values()])].map((agent) => agent.destroy()));
    },
  };
}

async function agentsOf({ Agent }: Undici, settings: RegistrySettings): Promise<Agents> {
  const direct = (options: Agent.Options) => new Agent(options);
  const variable = (name: string) => settings.env[name.toLowerCase()] || settings.env[name.toUpperCase()] || '';
  const [httpProxy, httpsProxy, noProxy] = [variable('http_proxy'), variable('https_proxy'), variable('no_proxy')];
  if (httpProxy === '' && httpsProxy === '') return { direct, proxied: () => undefined };
  const ProxyAgent = await loadProxyAgent();
  return {
    direct,
    proxied: (options) => new ProxyAgent({ ...options, httpProxy, httpsProxy, noProxy, proxyTunnel: false }),
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

function agentFor(agents: Agents, host: string, checks: TlsChecks, common: Agent.Options): Dispatcher {
  const proxied = isLoopback(host) ? undefined : agents.proxied({ ...common, requestTls: checks });
  return proxied ?? agents.direct({ ...common, connect: { ...common.connect, ...checks } });
}
