import type { ClientRequest, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** How long to wait, in milliseconds. */
export interface ExchangeLimits {
  /** Until there is a connection, TLS included. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly headersMs: number;
  /** The longest silence within an answer's body. */
  readonly bodyMs: number;
}

export type TimeoutCode = 'CONNECT_TIMEOUT' | 'HEADERS_TIMEOUT' | 'BODY_TIMEOUT';

/** The registry was silent for too long. */
export class TimeoutError extends Error {
  readonly code: TimeoutCode;

  constructor(code: TimeoutCode) {
    super(code);
    this.code = code;
  }
}

type Body = Uint8Array | string | AsyncIterable<Uint8Array> | undefined;

/** Sends a request that was begun, and gives the answer when its headers are there. Its body fails where it breaks off. */
export function exchange(request: ClientRequest, body: Body, limits: ExchangeLimits): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let response: IncomingMessage | undefined;
    // After the answer is there, what fails is told by its body.
    request.on('error', reject);
    request.once('response', (answer: IncomingMessage) => {
      response = answer;
      // A body that nobody reads may still break off.
      answer.on('error', () => {});
      request.setTimeout(limits.bodyMs);
      resolve(answer);
    });
    request.on('timeout', () => {
      if (waitsForUs(request, response, body)) request.setTimeout(response ? limits.bodyMs : limits.headersMs);
      else if (response) response.destroy(new TimeoutError('BODY_TIMEOUT'));
      else request.destroy(new TimeoutError('HEADERS_TIMEOUT'));
    });
    limitConnecting(request, limits.connectMs);
    request.setTimeout(limits.headersMs);
    refuseWithoutTunnel(request);
    send(request, body);
  });
}

function send(request: ClientRequest, body: Body): void {
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    request.end(body);
    return;
  }
  const source = Readable.from(body, { objectMode: false });
  source.on('error', (error) => request.destroy(error));
  request.once('close', () => source.destroy());
  source.pipe(request);
}

/** Whether a silence is not the registry's: there is no connection yet, the body that is sent or read is not made or taken. */
function waitsForUs(request: ClientRequest, response: IncomingMessage | undefined, body: Body): boolean {
  if (request.socket?.connecting) return true;
  if (response) return response.readableLength > 0;
  return body !== undefined && !request.writableEnded && !request.writableNeedDrain;
}

function limitConnecting(request: ClientRequest, ms: number): void {
  const timer = setTimeout(() => request.destroy(new TimeoutError('CONNECT_TIMEOUT')), ms);
  const stop = () => clearTimeout(timer);
  request.once('close', stop);
  request.once('socket', (socket) => {
    const isSecure = request.protocol === 'https:';
    if (request.reusedSocket || !(isSecure || socket.connecting)) stop();
    else socket.once(isSecure ? 'secureConnect' : 'connect', stop);
  });
}

/** What a proxy answers where it makes no tunnel would else look like the registry's answer. */
function refuseWithoutTunnel(request: ClientRequest): void {
  if (request.protocol !== 'https:') return;
  request.once('proxyConnect', ({ statusCode }: { readonly statusCode: number }) => {
    if (statusCode !== 200) request.destroy(new Error(`the proxy answered ${statusCode}`));
  });
}
