import type { Digest, Platform } from '../content/descriptor.js';
import { isOciError, OciError } from '../errors.js';
import type { RequestOptions } from '../model/repository.js';
import type { Environment } from '../registry/options.js';
import { type EngineAddress, engineAddresses } from './engine-address.js';
import type { BuildOptions } from './engine-build.js';
import { engineClient } from './engine-client.js';
import { connectError, notAnEngine } from './engine-connect-error.js';
import { engineOf } from './engine-operations.js';
import type { TransferOptions } from './engine-transfer.js';

/** An image as the engine lists it. */
export interface EngineImage {
  /** What the engine calls it, and finds it by wherever its tags go. */
  readonly id: string;
  /** Absent where the engine keeps manifests (Docker's containerd image store), whose `id` is a manifest's or index's digest. */
  readonly configDigest: Digest | undefined;
  /** There only, and where the engine tells which manifest of an index it is (API 1.48, Docker 28). */
  readonly manifestDigest: Digest | undefined;
  readonly diffIds: readonly Digest[];
  /** As the engine writes them: Podman puts `docker.io/` or `localhost/` in front. */
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly sizeBytes: number;
  readonly platform: Platform;
  /** The config in the form of image-spec 1.1 (config.md), without its history. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** One step of an image's history as an engine tells it, oldest first. `id` is the image made by it, if still there. */
export interface EngineHistoryEntry {
  readonly id: Digest | undefined;
  readonly created: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly sizeBytes: number;
}

/** A container engine that answers: Docker, or Podman behind the same API. */
export interface Engine {
  /** For people: `Docker 28.2.2 at unix:///var/run/docker.sock`. */
  readonly name: string;
  readonly version: string;
  readonly kind: 'docker' | 'podman';
  /** `undefined` where the engine has no image of that name or ID. */
  inspect(reference: string, options?: RequestOptions): Promise<EngineImage | undefined>;
  history(reference: string, options?: RequestOptions): Promise<EngineHistoryEntry[]>;
  /** Gives `source` (name or ID) a further name. Error `not-found`. */
  tag(source: string, target: string, options?: RequestOptions): Promise<void>;
  /** Takes a name off; the image goes with its last one. True if there was one. Error `conflict` where a container uses it. */
  remove(reference: string, options?: RequestOptions): Promise<boolean>;
  pull(reference: string, options?: TransferOptions): Promise<void>;
  push(reference: string, options?: TransferOptions): Promise<Digest>;
  /** The bytes of `docker save`, while they come. Leaving the loop closes the connection. Error `not-found`. */
  save(references: readonly string[], options?: RequestOptions): AsyncIterable<Uint8Array>;
  /** Builds from a folder; see `BuildOptions`. Errors: `build-failed`, with step and output; `invalid`; `aborted`. */
  build(options: BuildOptions): Promise<EngineImage>;
}

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
  // Loaded when first used: they take longer to load than most commands take to run. On Node 24, to import node:http alone takes longer
  // than to start Node.
  const { default: Docker } = await import('dockerode');
  const { engineConnection } = await import('./engine-agent.js');
  const client = engineClient(new Docker(engineConnection(address, env)));
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
