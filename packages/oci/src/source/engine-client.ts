import type { IncomingMessage } from 'node:http';
import { letManyWait } from '../content/abort.js';
import { readAll } from '../content/read-all.js';
import { bodyChunks } from '../http/body-chunks.js';
import { exchange } from '../http/exchange.js';
import type { OpenEngineRequest } from './engine-connection.js';
import { EngineRefusal, engineError } from './engine-error.js';

/** Credentials of one registry, as the engine's API takes them: a password, or a token that stands for one. */
export interface EngineAuth {
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
  readonly serveraddress?: string;
}

export interface EngineRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** `undefined` is left out; an array is repeated; an object becomes JSON. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** A tar. */
  readonly body?: AsyncIterable<Uint8Array>;
  /** Credentials for the registry that this request makes the engine talk to; `null`: none, and the engine wants that said. */
  readonly auth?: EngineAuth | null;
  /** Credentials by registry host, for a build. */
  readonly registryAuth?: Readonly<Record<string, EngineAuth>>;
  readonly signal?: AbortSignal;
  /** Completes "Could not …". */
  readonly tried: string;
}

/** One engine's HTTP API, with every request abortable and every failure an `OciError`. */
export interface EngineClient {
  /** The answer, parsed as JSON; its text where it is none. */
  json(request: EngineRequest): Promise<unknown>;
  /** The answer while it comes. Who leaves it early closes the connection. */
  stream(request: EngineRequest): Promise<AsyncIterable<Uint8Array>>;
}

/** No engine says so much at once. */
const ANSWER_LIMIT_BYTES = 64 * 1024 * 1024;

export function engineClient(open: OpenEngineRequest): EngineClient {
  /** Throws what Node does, and `EngineRefusal`. */
  async function send(wanted: EngineRequest): Promise<IncomingMessage> {
    const { method, path, query = {}, body, signal } = wanted;
    signal?.throwIfAborted();
    letManyWait(signal);
    const request = open({
      method,
      path: path + queryOf(query),
      headers: headersOf(wanted),
      ...(signal && { signal }),
    });
    const response = await exchange(request, body);
    if ([200, 201, 204].includes(response.statusCode ?? 0)) return response;
    throw new EngineRefusal(response.statusCode ?? 0, await answerOf(response));
  }

  async function attempt<T>({ tried, signal }: EngineRequest, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw engineError(error, tried, signal);
    }
  }

  return {
    json: (request) => attempt(request, async () => answerOf(await send(request))),
    stream: (request) => attempt(request, async () => bodyChunks(await send(request))),
  };
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) parameters.append(name, typeof one === 'object' ? JSON.stringify(one) : String(one));
    }
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** The credentials as Docker's API takes them (API 1.41, "Authentication"; "ImageBuild" for several). */
function headersOf({ auth, registryAuth, body }: EngineRequest): Record<string, string> {
  return {
    ...(body && { 'content-type': 'application/tar' }),
    ...(auth !== undefined && { 'x-registry-auth': inBase64(auth ?? {}) }),
    ...(registryAuth && { 'x-registry-config': inBase64(registryAuth) }),
  };
}

/** For URLs (RFC 4648, 5), but with the padding that Node's `base64url` leaves out: engines take no other for credentials. */
function inBase64(value: unknown): string {
  const text = Buffer.from(JSON.stringify(value)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

async function answerOf(response: IncomingMessage): Promise<unknown> {
  const text = Buffer.from(
    await readAll(bodyChunks(response), ANSWER_LIMIT_BYTES, 'the answer of the engine'),
  ).toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
