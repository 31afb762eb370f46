import { isOciError, OciError } from '../errors.js';
import type { Environment } from '../registry/options.js';
import type { Engine } from './engine.js';
import { type EngineAddress, engineAddresses } from './engine-address.js';
import { engineClient } from './engine-client.js';
import { connectError, notAnEngine } from './engine-connect-error.js';
import { engineConnection } from './engine-connection.js';
import { engineOf } from './engine-operations.js';

export interface EngineOptions {
  /** Default `process.env`. */
  readonly env?: Environment;
  /** How long an engine may take to answer at all; default 20 s, since SSH has to log in. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Finds the engine (`engineAddresses` says where) and asks it for its version.
 * Errors, each with a hint and with `facts.address`: `unreachable` where nothing listens (`facts.reason` is `absent` where there
 * is not even a socket), `forbidden` where the socket may not be opened, `invalid` where what answers is no engine.
 */
export async function connectEngine(options: EngineOptions = {}): Promise<Engine> {
  const env = options.env ?? process.env;
  const failures: OciError[] = [];
  for (const address of await engineAddresses(env, process.platform)) {
    try {
      return await connect(address, env, options);
    } catch (error) {
      if (!isOciError(error) || error.code === 'aborted' || address.from !== 'default') throw error;
      failures.push(error);
    }
  }
  const met =
    failures.find((error) => error.code === 'forbidden') ?? failures.find((error) => error.facts.reason !== 'absent');
  if (met) throw met;
  const tried = failures.map((error) => error.facts.address).join(', ');
  throw new OciError('unreachable', `No container engine was found: there is no socket at ${tried}.`, {
    hint: 'Start Docker (or `podman system service`), or name the engine in DOCKER_HOST.',
    facts: { reason: 'absent', address: tried },
  });
}

async function connect(address: EngineAddress, env: Environment, options: EngineOptions): Promise<Engine> {
  const client = engineClient(engineConnection(address, env));
  const limit = AbortSignal.timeout(options.timeoutMs ?? 20_000);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const tried = `reach the container engine at ${address.url} (${address.from})`;
  const answer = await client.json({ method: 'GET', path: '/version', signal, tried }).catch((error) => {
    throw connectError(error, tried, address, options.signal);
  });
  const { Version: version, ApiVersion: api, Components: components } = (answer ?? {}) as Record<string, unknown>;
  if (typeof version !== 'string' || typeof api !== 'string') {
    throw notAnEngine(tried, address, 'the answer to /version has no version');
  }
  const podman = Array.isArray(components) && components.some((part) => /podman/i.test(String(part?.Name)));
  return engineOf(client, { version, kind: podman ? 'podman' : 'docker', url: address.url });
}
