import { connect } from 'node:net';
import type { Environment } from '../registry/options.js';
import { type EngineAddress, engineAddresses, networkAddress } from './engine-address.js';

/** How long a far engine may take to accept a connection. */
const timeoutMs = 3_000;

/**
 * Whether something accepts connections where `connectEngine` would look for an engine. A hint that costs next to nothing: what listens is
 * not asked who it is, and an address by SSH is taken as there. Never throws.
 */
export async function engineListens(env: Environment = process.env): Promise<boolean> {
  const addresses = await engineAddresses(env, process.platform).catch(() => []);
  for (const address of addresses) if (await listens(address)) return true;
  return false;
}

function listens(address: EngineAddress): Promise<boolean> {
  if (!URL.canParse(address.url)) return Promise.resolve(false);
  const target = targetOf(address);
  if (target === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const socket = connect(target);
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(timeoutMs, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

function targetOf({ url: written, tls }: EngineAddress): { path: string } | { host: string; port: number } | undefined {
  const path = /^(?:unix|npipe):\/\/(.+)$/.exec(written)?.[1];
  if (path !== undefined) return { path };
  const url = new URL(written);
  return url.protocol === 'ssh:' ? undefined : networkAddress(url, tls);
}
