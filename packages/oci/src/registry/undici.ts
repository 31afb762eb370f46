import type { Agent, Dispatcher, ProxyAgent } from 'undici';

/** What is used of undici. */
export interface Undici {
  readonly Agent: typeof Agent;
  readonly request: (dispatcher: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;
}

/**
 * undici by the files that are needed: all of it, with fetch, WebSocket, caches and mocks, takes three times as long to load, and that is
 * much of a short command. They are no public API, though nothing forbids it (undici 7 has no `exports`): from an undici that has
 * them elsewhere, all of it is taken.
 */
export async function loadUndici(): Promise<Undici> {
  try {
    const { default: Agent } = await import('undici/lib/dispatcher/agent.js');
    const { default: request } = await import('undici/lib/api/api-request.js');
    return { Agent, request: (dispatcher, options) => request.call(dispatcher, options) };
  } catch {
    const { Agent } = await import('undici');
    return { Agent, request: (dispatcher, options) => dispatcher.request(options) };
  }
}

/** Only where there is a proxy; by all of undici, since it asks a proxy for a tunnel by a method that the whole alone gives it. */
export async function loadProxyAgent(): Promise<typeof ProxyAgent> {
  return (await import('undici')).ProxyAgent;
}
