import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { OciError } from '../errors.js';
import type { Environment } from '../registry/options.js';
import { readDockerContext } from './engine-context.js';

/** TLS material as PEM bytes. `verify: false` accepts any server. */
export interface EngineTls {
  readonly verify: boolean;
  readonly ca: Uint8Array | undefined;
  readonly cert: Uint8Array | undefined;
  readonly key: Uint8Array | undefined;
}

/** Where an engine may listen, and which setting said so. */
export interface EngineAddress {
  /** As a person writes it: `unix:///var/run/docker.sock`, `tcp://build-1:2376`, `ssh://me@build-1`. */
  readonly url: string;
  /** The setting that it comes from: `DOCKER_HOST`, `context build`, `default`. */
  readonly from: string;
  readonly tls: EngineTls | undefined;
}

/** Host and port of an engine that is not on this machine's sockets, and whether it is asked over TLS. */
export function networkAddress(url: URL, tls: EngineTls | undefined) {
  const isSecure = tls !== undefined || url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port: Number(url.port) || (isSecure ? 2376 : 2375), isSecure };
}

/**
 * The addresses to try, best first. `DOCKER_HOST`, then `DOCKER_CONTEXT`, then `currentContext` of Docker's config.json, each of
 * which stands alone; where none is set, the usual sockets: Docker's, Docker Desktop's, rootless Docker's, and Podman's last.
 *
 * TLS as Docker's CLI does it: on where `DOCKER_TLS_VERIFY` (checked) or `DOCKER_TLS` (unchecked) is not empty, with `ca.pem`, which a
 * check needs, and `cert.pem` and `key.pem`, where they are there, of `DOCKER_CERT_PATH` or of Docker's config folder.
 * Errors: `invalid` for a context or a TLS file that can't be read.
 */
export async function engineAddresses(env: Environment, platform: NodeJS.Platform): Promise<EngineAddress[]> {
  const configFolder = env.DOCKER_CONFIG || join(homeFolder(env), '.docker');
  if (env.DOCKER_HOST) {
    return [
      { url: normalizeUrl(env.DOCKER_HOST), from: 'DOCKER_HOST', tls: await tlsOfEnvironment(env, configFolder) },
    ];
  }
  const context = env.DOCKER_CONTEXT || (await currentContext(configFolder));
  if (context && context !== 'default') return [await readDockerContext(configFolder, context)];
  return defaultSockets(env, platform).map((url) => ({ url, from: 'default', tls: undefined }));
}

function defaultSockets(env: Environment, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') return ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/podman-machine-default'];
  const home = homeFolder(env);
  const runtime = env.XDG_RUNTIME_DIR;
  const paths = [
    '/var/run/docker.sock',
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    ...(runtime ? [join(runtime, 'docker.sock'), join(runtime, 'podman/podman.sock')] : []),
    '/run/podman/podman.sock',
  ];
  return paths.map((path) => `unix://${path}`);
}

function homeFolder(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir();
}

/** Docker's CLI takes `host:port` for `tcp://host:port`, and `unix://` for the default socket. */
function normalizeUrl(url: string): string {
  if (url === 'unix://') return 'unix:///var/run/docker.sock';
  if (url === 'npipe://') return 'npipe:////./pipe/docker_engine';
  return url.includes('://') ? url : `tcp://${url}`;
}

async function currentContext(configFolder: string): Promise<string | undefined> {
  const text = await readFile(join(configFolder, 'config.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const config: unknown = JSON.parse(text);
    const name = (config as { currentContext?: unknown } | null)?.currentContext;
    return typeof name === 'string' && name !== '' ? name : undefined;
  } catch (cause) {
    throw new OciError('invalid', `${join(configFolder, 'config.json')} is not JSON.`, {
      cause,
      hint: 'Correct the file, or name the engine in DOCKER_HOST.',
    });
  }
}

async function tlsOfEnvironment(env: Environment, configFolder: string): Promise<EngineTls | undefined> {
  if (!env.DOCKER_TLS_VERIFY && !env.DOCKER_TLS) return undefined;
  const folder = env.DOCKER_CERT_PATH || configFolder;
  const verify = Boolean(env.DOCKER_TLS_VERIFY);
  const read = async (name: string, isNeeded: boolean) => {
    try {
      return await readFile(join(folder, name));
    } catch (cause) {
      if (!isNeeded && (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new OciError('invalid', `TLS to the engine needs ${join(folder, name)}, which can't be read.`, {
        cause,
        hint: 'Set DOCKER_CERT_PATH to the folder with ca.pem, cert.pem and key.pem.',
      });
    }
  };
  const [ca, cert, key] = await Promise.all([read('ca.pem', verify), read('cert.pem', false), read('key.pem', false)]);
  return { verify, ca, cert, key };
}
