import type { IncomingMessage } from 'node:http';
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

/** One engine's HTTP API by dockerode's transport, with every request abortable and every failure an `OciError`. */
export interface EngineClient {
  /** The answer, parsed as JSON; a `Buffer` where it is none. */
  json(request: EngineRequest): Promise<unknown>;
  /** The answer while it comes. Who leaves it early closes the connection. */
  stream(request: EngineRequest): Promise<IncomingMessage>;
}

/** What is used of a `Docker` of dockerode, whose types are a package that users of this one do not have. */
interface Dockerode {
  readonly modem: { dial(options: object, callback: (error: unknown, answer: unknown) => void): void };
}

export function engineClient(docker: Dockerode): EngineClient {
  const dial = (request: EngineRequest, isStream: boolean) =>
    new Promise<unknown>((resolve, reject) => {
      const { method, path, body, auth, registryAuth, signal, tried } = request;
      if (signal?.aborted) return reject(engineError(signal.reason, tried, signal));
      const query = Object.fromEntries(Object.entries(request.query ?? {}).filter(([, value]) => value !== undefined));
      const options = {
        method,
        path: Object.keys(query).length > 0 ? `${path}?` : path,
        // In a body dockerode would repeat the query.
        options: { _query: query, _body: {} },
        file: body,
        authconfig: auth === null ? {} : auth,
        registryconfig: registryAuth,
        abortSignal: signal,
        isStream,
        statusCodes: { 200: true, 201: true, 204: true },
      };
      docker.modem.dial(options, (error: unknown, answer: unknown) => {
        if (error) reject(engineError(error, tried, signal));
        else resolve(answer);
      });
    });
  return {
    json: (request) => dial(request, false),
    stream: (request) => dial(request, true) as Promise<IncomingMessage>,
  };
}
