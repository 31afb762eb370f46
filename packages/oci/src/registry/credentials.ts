import { OciError } from '../errors.js';
import { isRegistryHost } from '../reference/image-reference.js';
import { askCredentialHelper } from './credential-helper.js';
import {
  credentialFiles,
  type DockerAuth,
  type DockerConfig,
  entryFor,
  readDockerConfig,
  serverKey,
} from './docker-config.js';
import type { Environment } from './options.js';

/** How to prove who one is. */
export type Credentials =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  /** Exchanged at the token service (OAuth 2 refresh token). */
  | { readonly kind: 'identity-token'; readonly token: string }
  /** Sent to the registry as it is. */
  | { readonly kind: 'bearer'; readonly token: string };

/** Looks up the credentials of a registry's host; each host once. */
export type CredentialsLookup = (host: string) => Promise<Credentials | undefined>;

export interface CredentialSettings {
  readonly env: Environment;
  /** As in `RegistryClientOptions`. */
  readonly credentialsHost?: string | undefined;
}

/**
 * Credentials from the environment (`IMAGE_VERSIONS_REGISTRY_TOKEN`, or `_USERNAME` and `_PASSWORD`) for the one host that they are
 * meant for, else from the first of Docker's and Podman's files that has some: the host's helper, the store, `auths`. Throws `invalid`
 * at once if the environment has credentials and nothing says for which host: they are never offered to others.
 */
export function createCredentialsLookup(settings: CredentialSettings): CredentialsLookup {
  const fromEnvironment = environmentCredentials(settings);
  const found = new Map<string, Promise<Credentials | undefined>>();
  const files = credentialFiles(settings.env);
  const read = new Map<string, DockerConfig>();

  async function fromFiles(host: string): Promise<Credentials | undefined> {
    for (const path of files) {
      const config = read.get(path) ?? readDockerConfig(path);
      read.set(path, config);
      const credentials = await dockerCredentials(config, host, settings);
      if (credentials !== undefined) return credentials;
    }
    return undefined;
  }

  return (host) => {
    if (fromEnvironment?.host === host) return Promise.resolve(fromEnvironment.credentials);
    const known = found.get(host) ?? fromFiles(host);
    found.set(host, known);
    return known;
  };
}

function environmentCredentials({ env, credentialsHost }: CredentialSettings) {
  const token = env.IMAGE_VERSIONS_REGISTRY_TOKEN;
  const username = env.IMAGE_VERSIONS_REGISTRY_USERNAME;
  const password = env.IMAGE_VERSIONS_REGISTRY_PASSWORD;
  if (!token && !username && !password) return undefined;
  if (!token && (!username || !password)) {
    const missing = username ? 'PASSWORD' : 'USERNAME';
    throw new OciError('invalid', `credentials in the environment: IMAGE_VERSIONS_REGISTRY_${missing} is missing`);
  }
  const host = env.IMAGE_VERSIONS_REGISTRY_HOST || credentialsHost;
  if (!host) {
    throw new OciError('invalid', 'credentials in the environment, but nothing says for which registry', {
      hint: 'Set IMAGE_VERSIONS_REGISTRY_HOST, such as ghcr.io.',
    });
  }
  if (!isRegistryHost(host)) {
    throw new OciError(
      'invalid',
      `IMAGE_VERSIONS_REGISTRY_HOST: expected a host such as ghcr.io, got ${JSON.stringify(host)}`,
    );
  }
  const credentials: Credentials = token
    ? bearer(token, 'IMAGE_VERSIONS_REGISTRY_TOKEN')
    : { kind: 'basic', username: username ?? '', password: password ?? '' };
  return { host: host === 'index.docker.io' ? 'docker.io' : host, credentials };
}

function bearer(token: string, where: string): Credentials {
  if (/^[\x21-\x7e]+$/.test(token)) return { kind: 'bearer', token };
  throw new OciError('invalid', `${where}: has a character that no token has, such as a line end or a space`);
}

async function dockerCredentials(
  config: DockerConfig,
  host: string,
  { env }: CredentialSettings,
): Promise<Credentials | undefined> {
  const helper = entryFor(config.credHelpers, host) ?? config.credsStore;
  if (helper) {
    const answer = await askCredentialHelper(helper, serverKey(host), env);
    if (answer?.username === '<token>') return { kind: 'identity-token', token: answer.secret };
    if (answer !== undefined) return { kind: 'basic', username: answer.username, password: answer.secret };
  }
  const entry = entryFor(config.auths, host);
  return entry === undefined ? undefined : fromAuth(entry, host);
}

function fromAuth(entry: DockerAuth, host: string): Credentials | undefined {
  if (entry.registrytoken) return bearer(entry.registrytoken, `the registrytoken for ${host} (auths)`);
  if (entry.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
  if (entry.auth) {
    const decoded = Buffer.from(entry.auth, 'base64').toString('utf8').replace(/\0+$/, '');
    const colon = decoded.indexOf(':');
    if (colon < 1) {
      throw new OciError('invalid', `the credentials for ${host} (auths) are not base64 of user:password`, {
        hint: `docker logout ${host}, then docker login ${host}.`,
      });
    }
    return { kind: 'basic', username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
  }
  if (entry.username && entry.password) return { kind: 'basic', username: entry.username, password: entry.password };
  return undefined;
}
