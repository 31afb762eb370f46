import * as v from 'valibot';
import { OciError } from '../errors.js';
import { maybe, parseJson } from '../model/json.js';
import { basicHeader } from './basic-header.js';
import type { Challenge } from './challenge.js';
import type { Credentials } from './credentials.js';
import { redactUrl } from './endpoint.js';
import type { RegistrySettings } from './options.js';
import { responseFailure } from './response-error.js';
import { retrying, TransientFailure } from './retry.js';
import { type HttpRequest, resolveLocation, type Transport } from './transport.js';

const tokenSchema = v.object({
  token: maybe(v.string()),
  access_token: maybe(v.string()),
  expires_in: maybe(v.number()),
});

const LIMIT_BYTES = 1024 * 1024;
const CLIENT_ID = 'image-versions';

/** A bearer token and when to stop using it, in milliseconds since 1970. */
export interface Token {
  readonly value: string;
  readonly expiresAtMs: number;
}

export interface TokenWanted {
  /** The registry's host, as its credentials are stored. */
  readonly host: string;
  readonly registryUrl: URL;
  readonly challenge: Challenge;
  readonly scopes: readonly string[];
  readonly credentials: Credentials | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Gets a token from the service that a Bearer challenge names (distribution, "Token Authentication Specification"): by GET,
 * with Basic credentials or anonymously, or by POST for an identity token ("OAuth2 token authentication").
 * Credentials are not sent by plain HTTP where the registry itself is reached by HTTPS.
 */
export async function fetchToken(
  transport: Transport,
  settings: RegistrySettings,
  wanted: TokenWanted,
): Promise<Token> {
  const realm = realmOf(wanted);
  const request =
    wanted.credentials?.kind === 'identity-token' ? postRequest(realm, wanted) : getRequest(realm, wanted);
  const asked = {
    method: request.method,
    what: request.what,
    host: wanted.host,
    hasCredentials: wanted.credentials !== undefined,
  };
  return retrying(settings, wanted.signal, async () => {
    const response = await transport.send(request);
    if (response.status !== 200) throw anonymousRefusal(await responseFailure(response, asked, settings.now()), asked);
    const body = parseJson(await response.bytes(LIMIT_BYTES), tokenSchema, request.what, LIMIT_BYTES);
    const value = body.token || body.access_token;
    if (!value || /[^\x21-\x7e]/.test(value)) {
      throw new OciError('invalid', `${request.what}: ${redactUrl(realm)} answered 200 without a token`);
    }
    return { value, expiresAtMs: settings.now() + Math.max(0, (body.expires_in ?? 60) - 10) * 1000 };
  });
}

function realmOf({ host, registryUrl, challenge }: TokenWanted): URL {
  const text = challenge.parameters.realm ?? '';
  const realm = URL.canParse(text) ? new URL(text) : undefined;
  if (realm === undefined || !/^https?:$/.test(realm.protocol)) {
    throw new OciError('invalid', `${host}: asks for a Bearer token, but its realm is no http or https URL`);
  }
  return resolveLocation(realm.href, registryUrl, `token service of ${host}`);
}

function getRequest(realm: URL, { host, challenge, scopes, credentials, signal }: TokenWanted): HttpRequest {
  const url = new URL(realm);
  const service = challenge.parameters.service;
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  url.searchParams.set('client_id', CLIENT_ID);
  if (credentials?.kind === 'basic') url.searchParams.set('account', credentials.username);
  const authorization = credentials?.kind === 'basic' ? basicHeader(credentials) : undefined;
  return { method: 'GET', url, authorization, signal, what: `token for ${host}` };
}

function postRequest(url: URL, { host, challenge, scopes, credentials, signal }: TokenWanted): HttpRequest {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    service: challenge.parameters.service ?? '',
    scope: scopes.join(' '),
    client_id: CLIENT_ID,
    refresh_token: credentials?.kind === 'identity-token' ? credentials.token : '',
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, body: () => form.toString(), signal, what: `token for ${host}` };
}

/** A token service answers 403 to anonymous users where it means "log in". */
function anonymousRefusal(failure: Error, asked: { readonly hasCredentials: boolean }): Error {
  if (asked.hasCredentials || failure instanceof TransientFailure || !(failure instanceof OciError)) return failure;
  if (failure.code !== 'forbidden') return failure;
  const { message, hint, facts } = failure;
  return new OciError('unauthorized', message, { ...(hint !== undefined && { hint }), facts });
}
