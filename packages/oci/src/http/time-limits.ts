import type { ClientRequest, IncomingMessage } from 'node:http';

/** How long to wait, in milliseconds. */
export interface TimeLimits {
  /** Until there is a connection, TLS included. */
  readonly connectMs: number;
  /** From the request's last byte to the answer's headers. */
  readonly headersMs: number;
  /** The longest silence within an answer's body. */
  readonly bodyMs: number;
}

export type TimeoutCode = 'CONNECT_TIMEOUT' | 'HEADERS_TIMEOUT' | 'BODY_TIMEOUT';

/** The other side was silent for too long. */
export class TimeoutError extends Error {
  readonly code: TimeoutCode;

  constructor(code: TimeoutCode) {
    super(code);
    this.code = code;
  }
}

/** Ends a request that was just begun with a `TimeoutError` when a limit is reached; its answer, when it is there. */
export function limitTime(request: ClientRequest, limits: TimeLimits): void {
  let response: IncomingMessage | undefined;
  request.once('response', (answer: IncomingMessage) => {
    response = answer;
    request.setTimeout(limits.bodyMs);
  });
  request.on('timeout', () => {
    if (waitsForUs(request, response)) request.setTimeout(response ? limits.bodyMs : limits.headersMs);
    else if (response) response.destroy(new TimeoutError('BODY_TIMEOUT'));
    else request.destroy(new TimeoutError('HEADERS_TIMEOUT'));
  });
  request.setTimeout(limits.headersMs);
  limitConnecting(request, limits.connectMs);
}

/** Whether a silence is not the other side's: there is no connection yet, what is sent is not made, what is read not taken. */
function waitsForUs(request: ClientRequest, response: IncomingMessage | undefined): boolean {
  if (request.socket?.connecting) return true;
  if (response) return response.readableLength > 0 || response.isPaused();
  return !request.writableEnded && !request.writableNeedDrain;
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
