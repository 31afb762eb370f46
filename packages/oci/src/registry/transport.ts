import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { throwIfAborted } from '../content/abort.js';
import { readAll } from '../content/read-all.js';
import { OciError } from '../errors.js';
import { type Connections, connect } from './connections.js';
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

/** HTTP over undici: time-outs, proxies from the environment, redirects that never carry credentials to another origin. */
export function createTransport(settings: RegistrySettings): Transport {
  /** Loaded at the first request: that takes as long as starting Node, and many a command asks no registry. */
  let loading: Promise<Connections> | undefined;
  const connections = () => {
    loading ??= connect(settings);
    return loading;
  };

  async function sendOnce(wanted: HttpRequest, url: URL, authorization: string | undefined): Promise<HttpResponse> {
    throwIfAborted(wanted.signal);
    settings.onRequest({ method: wanted.method, url: redactUrl(url) });
    const { request, dispatcherFor } = await connections();
    const dispatcher = await dispatcherFor(url);
    // undici frees a connection in the turn after its answer was read: asked at once, it opens another, with its TLS handshake.
    await nextTurn();
    const body = wanted.body?.();
    const stream = body !== undefined && typeof body === 'object' && Symbol.asyncIterator in body;
    try {
      const response = await request(dispatcher, {
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method: wanted.method,
        // Else undici closes the connection after each HEAD, and the next image needs another, with its TLS handshake.
        reset: false,
        headers: { 'user-agent': 'image-versions', ...wanted.headers, ...(authorization && { authorization }) },
        ...(body !== undefined && { body: stream ? Readable.from(body, { objectMode: false }) : body }),
        ...(wanted.signal && { signal: wanted.signal }),
        ...(wanted.answerTimeoutMs !== undefined && { headersTimeout: wanted.answerTimeoutMs }),
      });
      return toResponse(response, url, wanted);
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
    async close() {
      await (await loading?.catch(() => undefined))?.close();
    },
  };
}

function toResponse(response: Dispatcher.ResponseData, url: URL, wanted: HttpRequest): HttpResponse {
  const headerValues = (name: string): readonly string[] => {
    const value = response.headers[name];
    return value === undefined ? [] : Array.isArray(value) ? value : [value];
  };
  // A body that nobody reads may still break off; whoever reads it gets the error from the iterator.
  response.body.on('error', () => {});
  const body = mapErrors(response.body, (error) => networkFailure(error, { ...wanted, url }));
  return {
    status: response.statusCode,
    header: (name) => headerValues(name)[0],
    headerValues,
    url,
    body,
    bytes: (limitBytes) => readAll(body, limitBytes, wanted.what),
    discard: async () => {
      if (Number(headerValues('content-length')[0] ?? 0) <= 65_536) await response.body.dump().catch(() => {});
      else response.body.destroy();
    },
  };
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
    if (target.port === '80') target.port = '';
  }
  const downgrade = base.protocol === 'https:' && target.protocol !== 'https:';
  if (downgrade || !/^https?:$/.test(target.protocol)) {
    throw new OciError('invalid', `${what}: ${redactUrl(base)} points to ${redactUrl(target)}: expected https`);
  }
  return target;
}
