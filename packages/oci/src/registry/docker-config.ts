import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { OciError } from '../errors.js';
import { maybe, parseJson, stringMap } from '../model/json.js';
import type { Environment } from './options.js';

const authSchema = v.object({
  auth: maybe(v.string()),
  username: maybe(v.string()),
  password: maybe(v.string()),
  identitytoken: maybe(v.string()),
  registrytoken: maybe(v.string()),
});

const configSchema = v.object({
  auths: maybe(v.record(v.string(), authSchema)),
  credsStore: maybe(v.string()),
  credHelpers: maybe(stringMap),
});

/** What Docker's config file says about credentials, or one of Podman's, which are of the same form. */
export type DockerConfig = v.InferOutput<typeof configSchema>;
/** One entry of `auths`. */
export type DockerAuth = v.InferOutput<typeof authSchema>;

const LIMIT_BYTES = 4 * 1024 * 1024;

/** Holds a folder for each user who has no `XDG_RUNTIME_DIR`. */
const sessions = '/run/containers';

/**
 * Where credentials lie, those that go first first: `$REGISTRY_AUTH_FILE`; `$DOCKER_CONFIG/config.json`, or else `~/.docker/config.json`
 * and then what `podman login` writes (containers-auth.json(5); without `XDG_RUNTIME_DIR` it is in `/run/containers/UID`).
 */
export function credentialFiles(env: Environment): readonly string[] {
  const named = env.REGISTRY_AUTH_FILE ? [env.REGISTRY_AUTH_FILE] : [];
  if (env.DOCKER_CONFIG) return [...named, join(env.DOCKER_CONFIG, 'config.json')];
  const home = env.HOME || homedir();
  const session = env.XDG_RUNTIME_DIR ? join(env.XDG_RUNTIME_DIR, 'containers') : `${sessions}/${process.getuid?.()}`;
  const podman = [session, join(env.XDG_CONFIG_HOME || join(home, '.config'), 'containers')];
  return [...named, join(home, '.docker', 'config.json'), ...podman.map((folder) => join(folder, 'auth.json'))];
}

/**
 * Reads a file of credentials, at once: to wait for three that are mostly not there takes a process longer than the answer of a
 * registry. No file is an empty config; one that is broken, or that this user may not read, is `invalid`.
 */
export function readDockerConfig(path: string): DockerConfig {
  try {
    return parseJson(readFileSync(path), configSchema, `the credentials in ${path}`, LIMIT_BYTES);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Podman makes this folder for the user who runs it first, often root: another user has nothing in it.
    const isOthers = code === 'EACCES' && path.startsWith(`${sessions}/`);
    if (code === 'ENOENT' || code === 'ENOTDIR' || isOthers)
      return parseJson(Buffer.from('{}'), configSchema, path, LIMIT_BYTES);
    if (error instanceof OciError) throw error;
    throw new OciError('invalid', `the credentials in ${path}: can't be read (${code})`, {
      hint: 'Allow this user to read it, or name a folder with a config.json in DOCKER_CONFIG.',
      cause: error,
    });
  }
}

/** Docker Hub's key in `auths` and in credential helpers. */
const HUB_KEY = 'https://index.docker.io/v1/';

/** Under which name Docker stores a registry's credentials. */
export const serverKey = (host: string): string => (host === 'docker.io' ? HUB_KEY : host);

/** The entry of `auths` or `credHelpers` for a host; keys may be hosts, or URLs as old versions of Docker wrote them. */
export function entryFor<T>(entries: Readonly<Record<string, T>> | undefined, host: string): T | undefined {
  if (entries === undefined) return undefined;
  const exact = Object.entries(entries).find(([key]) => key === serverKey(host) || key === host);
  return (exact ?? Object.entries(entries).find(([key]) => hostOfKey(key) === host))?.[1];
}

function hostOfKey(key: string): string {
  const host = key.replace(/^https?:\/\//, '').replace(/\/(?:v[12]\/?)?$/, '');
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}
