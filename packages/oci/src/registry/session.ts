import type { LimitFunction } from 'p-limit';
import { letManyWait, unlessAborted } from '../content/abort.js';
import type { Access, Authorization, Authorizer } from './authorizer.js';
import type { RegistrySettings } from './options.js';
import { responseFailure } from './response-error.js';
import { retrying } from './retry.js';
import type { HttpRequest, HttpResponse, Transport } from './transport.js';

export interface SessionRequest extends Omit<HttpRequest, 'authorization' | 'url'> {
  /** Relative to the registry's API (`/v2/...`), or a `Location` that it gave. */
  readonly url: string | URL;
  readonly scopes: readonly string[];
  /** Statuses that are an answer and not a failure. */
  readonly expect: readonly number[];
  /**
   * For requests that the caller retries as part of more: sent once, throws `TransientFailure`, and takes no slot of the
   * limit (its body may come from another request, which needs one).
   */
  readonly once?: boolean;
}

/** One registry host: requests with authorization, retries and the limit on how many are on their way. */
export interface Session {
  readonly host: string;
  readonly settings: RegistrySettings;
  /** Sends, and hands an expected answer to `read`; a body that breaks off inside `read` is retried with the rest. */
  run<T>(request: SessionRequest, read: (response: HttpResponse) => Promise<T>): Promise<T>;
  /** Uploads on their way. */
  readonly uploads: LimitFunction;
}

export interface SessionParts {
  readonly host: string;
  readonly registryUrl: URL;
  readonly settings: RegistrySettings;
  readonly transport: Transport;
  readonly authorizer: Authorizer;
  readonly requests: LimitFunction;
  readonly uploads: LimitFunction;
}

/** Joins transport, authorization, limit and retry. */
export function createSession({
  host,
  registryUrl,
  settings,
  transport,
  authorizer,
  requests,
  uploads,
}: SessionParts): Session {
  let root: Promise<HttpResponse> | undefined;

  /** Asks the root of the API, once. */
  function askRoot(): Promise<HttpResponse> {
    const url = new URL('/v2/', registryUrl);
    root ??= transport.send({ method: 'GET', url, what: `registry ${host}` }).then(async (response) => {
      await response.discard();
      return response;
    });
    root.catch(() => {
      root = undefined;
    });
    return root;
  }

  /**
   * The answer that says how to log in, if any. Some registries tell strangers 403 or 404 of what is not public (GitHub's of old,
   * Artifactory if set so): then only the root of their API says it.
   */
  async function challengeTo(
    response: HttpResponse,
    { signal }: SessionRequest,
    sent: Authorization | undefined,
  ): Promise<HttpResponse | undefined> {
    if (response.status === 401) return response;
    if (sent !== undefined || ![403, 404].includes(response.status)) return undefined;
    if (!(await authorizer.hasCredentials(host))) return undefined;
    const answer = await unlessAborted(askRoot(), signal);
    return answer.status === 401 ? answer : undefined;
  }

  async function send(wanted: SessionRequest): Promise<HttpResponse> {
    const url = new URL(wanted.url, registryUrl);
    const request = { ...wanted, url };
    if (url.origin !== registryUrl.origin) return transport.send(request);
    const access: Access = { host, registryUrl, scopes: wanted.scopes, signal: wanted.signal };
    const sent = await authorizer.before(access);
    const response = await transport.send({ ...request, authorization: sent?.value });
    if (response.url.origin !== registryUrl.origin) return response;
    const challenged = await challengeTo(response, wanted, sent);
    const better = challenged && (await authorizer.after(access, challenged, sent));
    if (better === undefined) return response;
    await response.discard();
    return transport.send({ ...request, authorization: better.value });
  }

  async function attempt<T>(wanted: SessionRequest, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    const response = await send(wanted);
    if (wanted.expect.includes(response.status)) return read(response);
    const hasCredentials = await authorizer.hasCredentials(host);
    const sentTo = response.url.origin === registryUrl.origin ? undefined : response.url.host;
    throw await responseFailure(response, { ...wanted, host, hasCredentials, sentTo }, settings.now());
  }

  return {
    host,
    settings,
    uploads,
    run(wanted, read) {
      letManyWait(wanted.signal);
      if (wanted.once === true) return attempt(wanted, read);
      return requests(() => retrying(settings, wanted.signal, () => attempt(wanted, read)));
    },
  };
}
