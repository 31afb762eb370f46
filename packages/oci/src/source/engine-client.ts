import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { stringify } from 'node:querystring';
import { addAbortSignal } from 'node:stream';
import { readAll } from '../content/read-all.js';
import type { EngineConnection } from './engine-agent.js';
import { engineError } from './engine-error.js';

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
  readonly body?: NodeJS.ReadableStream;
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
  /** The answer, parsed as JSON; a `Buffer` where it is none. */
  json(request: EngineRequest): Promise<unknown>;
  /** The answer while it comes. Who leaves it early closes the connection. */
  stream(request: EngineRequest): Promise<IncomingMessage>;
}

/** More than an engine says of its largest list of images. */
const ANSWER_LIMIT_BYTES = 256 * 1024 * 1024;

export function engineClient(connection: EngineConnection): EngineClient {
  const failing = async <T>({ tried, signal }: EngineRequest, doing: () => Promise<T>): Promise<T> => {
    try {
      signal?.throwIfAborted();
      return await doing();
    } catch (error) {
      throw engineError(error, tried, signal);
    }
  };
  return {
    json: (request) => failing(request, async () => parsed(await whole(await send(connection, request), request))),
    stream: (request) => failing(request, () => send(connection, request)),
  };
}

/** The engine's answer, if it is of success. Otherwise an error with its `statusCode` and what it said in `json`. */
async function send(connection: EngineConnection, request: EngineRequest): Promise<IncomingMessage> {
  const response = await dial(connection, request);
  const { statusCode = 0 } = response;
  if (statusCode === 200 || statusCode === 201 || statusCode === 204) return response;
  const json = parsed(await whole(response, request));
  const said = (json ?? {}) as { message?: unknown; cause?: unknown; error?: unknown };
  throw Object.assign(new Error(String(said.message || said.error || json)), { statusCode, json });
}

function dial(
  { socketPath, host, port, protocol, pathPrefix, agent }: EngineConnection,
  { method, path, query = {}, body, auth, registryAuth, signal }: EngineRequest,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (protocol === 'https' ? httpsRequest : httpRequest)({
      ...(socketPath === undefined ? { hostname: host?.replace(/^\[|\]$/g, ''), port } : { socketPath }),
      method,
      path: `${pathPrefix.replace(/\/$/, '')}${path}${queryOf(query)}`,
      agent,
      headers: {
        ...(auth !== undefined && { 'X-Registry-Auth': base64url(auth ?? {}) }),
        ...(registryAuth && { 'X-Registry-Config': Buffer.from(JSON.stringify(registryAuth)).toString('base64') }),
        ...(body && { 'Content-Type': 'application/tar' }),
      },
      ...(signal && { signal }),
    });
    request.on('response', resolve);
    request.on('error', reject);
    if (body === undefined) request.end();
    else {
      body.on('error', (error: Error) => request.destroy(error));
      body.pipe(request);
    }
  });
}

/** A request's signal does not reach its answer once that has begun. */
async function whole(response: IncomingMessage, { signal, tried }: EngineRequest): Promise<Buffer> {
  if (signal !== undefined) addAbortSignal(signal, response);
  return Buffer.from(await readAll(response, ANSWER_LIMIT_BYTES, tried));
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return bytes;
  }
}

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => [
      key,
      typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : (value as string),
    ]);
  return given.length > 0 ? `?${stringify(Object.fromEntries(given))}` : '';
}

/** As engines read it: the alphabet for URLs, with padding. */
function base64url(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64').replace(/\+/g, '-').replace(/\//g, '_');
}
