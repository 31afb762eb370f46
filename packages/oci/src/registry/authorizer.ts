import { unlessAborted } from '../content/abort.js';
import { basicHeader } from './basic-header.js';
import { type Challenge, parseChallenges } from './challenge.js';
import type { CredentialsLookup } from './credentials.js';
import type { RegistrySettings } from './options.js';
import { fetchToken, type Token } from './token.js';
import type { HttpResponse, Transport } from './transport.js';

/** Whom a request is for, and what it wants to do there: `repository:acme/app:pull`. */
export interface Access {
  readonly host: string;
  readonly registryUrl: URL;
  readonly scopes: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** The value of an `Authorization` header. `cached` ones may have run out, and are worth asking for again after a 401. */
export interface Authorization {
  readonly value: string;
  readonly cached: boolean;
  /** What it answers. */
  readonly challenge?: Challenge;
}

export interface Authorizer {
  /** What is known to be needed before asking; nothing at the first request to a host. */
  before(access: Access): Promise<Authorization | undefined>;
  /** What to send after a 401, if there is anything better than what was sent. */
  after(access: Access, response: HttpResponse, sent: Authorization | undefined): Promise<Authorization | undefined>;
  hasCredentials(host: string): Promise<boolean>;
}

/** Answers challenges, and remembers them by host and tokens by host and scopes. */
export function createAuthorizer(
  transport: Transport,
  settings: RegistrySettings,
  lookup: CredentialsLookup,
): Authorizer {
  const challenges = new Map<string, Challenge>();
  const tokens = new Map<string, Promise<Token>>();

  async function newToken(access: Access, challenge: Challenge): Promise<Token> {
    const credentials = await lookup(access.host);
    const scopes = mergeScopes(access.scopes, challenge.parameters.scope);
    return fetchToken(transport, settings, { ...access, signal: undefined, challenge, scopes, credentials });
  }

  /** A kept token that is not the `refused` one, or a new one; several who want it at once share it. */
  async function bearer(access: Access, challenge: Challenge, refused?: string): Promise<Authorization> {
    const key = [access.host, ...[...access.scopes].sort()].join(' ');
    const kept = tokens.get(key);
    const known =
      kept &&
      (await unlessAborted(
        kept.catch(() => undefined),
        access.signal,
      ));
    const header = known && `Bearer ${known.value}`;
    if (header && known.expiresAtMs > settings.now() && header !== refused)
      return { value: header, cached: true, challenge };
    const current = tokens.get(key);
    const token = current !== undefined && current !== kept ? current : newToken(access, challenge);
    tokens.set(key, token);
    token.catch(() => tokens.get(key) === token && tokens.delete(key));
    const { value } = await unlessAborted(token, access.signal);
    return { value: `Bearer ${value}`, cached: false, challenge };
  }

  async function answer(access: Access, challenge: Challenge, refused?: string): Promise<Authorization | undefined> {
    if (challenge.scheme === 'bearer') return bearer(access, challenge, refused);
    const credentials = await lookup(access.host);
    return credentials?.kind === 'basic' ? { value: basicHeader(credentials), cached: false, challenge } : undefined;
  }

  return {
    async before(access) {
      const credentials = await unlessAborted(lookup(access.host), access.signal);
      if (credentials?.kind === 'bearer') return { value: `Bearer ${credentials.token}`, cached: false };
      const challenge = challenges.get(access.host);
      return challenge === undefined ? undefined : answer(access, withoutScope(challenge));
    },
    async after(access, response, sent) {
      // A token that is sent as it is stands for all that there is.
      if ((await lookup(access.host))?.kind === 'bearer') return undefined;
      const offered = response.headerValues('www-authenticate').flatMap(parseChallenges);
      for (const scheme of ['bearer', 'basic']) {
        const challenge = offered.find((candidate) => candidate.scheme === scheme);
        if (challenge === undefined) continue;
        const isOther = asksForMore(access, challenge) || !isOfOneService(challenge, sent?.challenge);
        if (sent !== undefined && !sent.cached && !isOther) continue;
        const authorization = await answer(access, challenge, sent?.value);
        if (authorization === undefined) continue;
        challenges.set(access.host, challenge);
        return authorization;
      }
      return undefined;
    },
    hasCredentials: async (host) => (await lookup(host)) !== undefined,
  };
}

/** Whether a token of this challenge's scope could do more than one of our own scopes alone. */
function asksForMore(access: Access, challenge: Challenge): boolean {
  return mergeScopes(access.scopes, challenge.parameters.scope).join() !== mergeScopes(access.scopes, '').join();
}

/** Of one registry, repositories may have token services of their own (Artifactory's). */
function isOfOneService({ parameters }: Challenge, other: Challenge | undefined): boolean {
  return parameters.realm === other?.parameters.realm && parameters.service === other?.parameters.service;
}

/** The scope of one challenge is that request's; another request has its own. */
function withoutScope(challenge: Challenge): Challenge {
  const { scope: _, ...parameters } = challenge.parameters;
  return { ...challenge, parameters };
}

/**
 * What we want, and what the registry says it wants: behind a proxy a repository may have another name there. A scope may be a word
 * alone, without actions (`aws` at public.ecr.aws).
 */
function mergeScopes(own: readonly string[], asked: string | undefined): string[] {
  const resources = new Map<string, Set<string>>();
  for (const scope of [...own, ...(asked ?? '').split(' ').filter((word) => word !== '')]) {
    const [, resource = scope, named] = /^(.*):([^:]*)$/.exec(scope) ?? [];
    const actions = resources.get(resource) ?? new Set();
    for (const action of named?.split(',') ?? []) actions.add(action);
    resources.set(resource, actions);
  }
  return [...resources].map(([resource, actions]) => [resource, [...actions].join(',')].filter(Boolean).join(':'));
}
