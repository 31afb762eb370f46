import type { IncomingMessage } from 'node:http';
import { throwIfAborted } from '../content/abort.js';
import { readAll } from '../content/read-all.js';
import { OciError } from '../errors.js';
import { bodyChunks } from '../http/body-chunks.js';
import { exchange } from '../http/exchange.js';
import { limitTime } from '../http/time-limits.js';
import { CONNECT_TIMEOUT_MS, createConnections } from './connections.js';
import { redactUrl } from './endpoint.js';
import { networkFailure } from './network-failure.js';
import type { RegistrySettings } from './options.js';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent only while the origin stays the same. */
  readonly authorization?: string | undefined;
  /** Opened anew for each sending. */
  readonly body?: () => Uint8Array | string | AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** From the last byte to the answer; default `headersTimeoutMs` of the settings. */
  readonly answerTimeoutMs?: number;
  /** What the request is about, for messages: `manifest ghcr.io/acme/app:v1`. */
  readonly what: string;
}

export interface HttpResponse {
  readonly status: number;
  /** By lower-case name; of several, the first. */
  readonly header: (name: string) => string | undefined;
  /** All values of one name. */
  readonly headerValues: (name: string) => readonly string[];
  /** After redirects. */
  readonly url: URL;
  readonly body: AsyncIterable<Uint8Array>;
  /** The whole body. Throws `limit`. */
  bytes(limitBytes: number): Promise<Uint8Array>;
  /** Leaves the body unread. */
  discard(): Promise<void>;
}

export interface Transport {
  /** Sends once, following redirects. Throws `TransientFailure` or an `OciError` where there is no answer. */
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

const MAX_REDIRECTS = 5;

/** HTTP over Node's: time-outs, proxies from the environment, redirects that never carry credentials to another origin. */
export function createTransport(settings: RegistrySettings): Transport {
  const connections = createConnections(settings);

  async function sendOnce(wanted: HttpRequest, url: URL, authorization: string | undefined): Promise<HttpResponse> {
    const { method, signal } = wanted;
    throwIfAborted(signal);
    settings.onRequest({ method, url: redactUrl(url) });
    const headers = { 'user-agent': 'image-versions', ...wanted.headers, ...(authorization && { authorization }) };
    try {
      const request = connections.open(url, { method, headers, ...(signal && { signal }) });
      limitTime(request, {
        connectMs: CONNECT_TIMEOUT_MS,
        headersMs: wanted.answerTimeoutMs ?? settings.headersTimeoutMs,
        bodyMs: settings.bodyTimeoutMs,
      });
      return toResponse(await exchange(request, wanted.body?.()), { ...wanted, url });
    } catch (error) {
      throw networkFailure(error, { ...wanted, url });
    }
  }

  return {
    async send(wanted) {
      let { url, authorization } = wanted;
      for (let redirects = 0; ; redirects++) {
        const response = await sendOnce(wanted, url, authorization);
        const location = redirectTarget(response, wanted);
        if (location === undefined) return response;
        await response.discard();
        if (redirects === MAX_REDIRECTS) {
          throw new OciError(
            'invalid',
            `${wanted.what}: more than ${MAX_REDIRECTS} redirects, last to ${redactUrl(location)}`,
          );
        }
        if (location.origin !== url.origin) authorization = undefined;
        url = location;
      }
    },
    close: async () => connections.close(),
  };
}

function toResponse(response: IncomingMessage, sent: HttpRequest): HttpResponse {
  const headerValues = (name: string): readonly string[] => response.headersDistinct[name] ?? [];
  const body = mapErrors(bodyChunks(response), (error) => networkFailure(error, sent));
  return {
    status: response.statusCode ?? 0,
    header: (name) => headerValues(name)[0],
    headerValues,
    url: sent.url,
    body,
    bytes: (limitBytes) => readAll(body, limitBytes, sent.what),
    discard: () => discard(response),
  };
}

const DISCARDED_BYTES = 65_536;

/** Reads the rest of a short answer, so that its connection can be used again, and ends that of a long one. */
async function discard(response: IncomingMessage): Promise<void> {
  let left = DISCARDED_BYTES;
  try {
    for await (const chunk of bodyChunks(response)) {
      left -= chunk.length;
      if (left < 0) break;
    }
  } catch {
    // It broke off by itself.
  }
}

async function* mapErrors(
  stream: AsyncIterable<Uint8Array>,
  map: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((error: unknown) => {
        throw map(error);
      });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.().catch(() => undefined);
  }
}

/** Where to go on, if anywhere. A request with a body is sent again only where the status says so (307, 308). */
function redirectTarget(response: HttpResponse, wanted: HttpRequest): URL | undefined {
  const location = response.header('location');
  const safe = wanted.method === 'GET' || wanted.method === 'HEAD';
  const statuses = safe ? [301, 302, 303, 307, 308] : [307, 308];
  if (location === undefined || !statuses.includes(response.status)) return undefined;
  return resolveLocation(location, response.url, wanted.what);
}

/**
 * The URL that a `Location` (relative or absolute) or the realm of a token service names. Throws `invalid` for one that leads from HTTPS
 * to HTTP; but HTTP on the same host becomes HTTPS: a registry behind a proxy may not know that it is reached so.
 */
export function resolveLocation(location: string, base: URL, what: string): URL {
  if (!URL.canParse(location, base.href)) {
    throw new OciError('invalid', `${what}: ${redactUrl(base)} points to a location that is no URL`);
  }
  const target = new URL(location, base);
  if (target.protocol === 'http:' && base.protocol === 'https:' && target.hostname === base.hostname) {
    target.protocol = 'https:';
  }
  const downgrade = base.protocol === 'https:' && target.protocol !== 'https:';
  if (downgrade || !/^https?:$/.test(target.protocol)) {
    throw new OciError('invalid', `${what}: ${redactUrl(base)} points to ${redactUrl(target)}: expected https`);
  }
  return target;
}
