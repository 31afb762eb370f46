/** What was wrong with a connection, or with an answer that broke off. */
export interface ConnectionFailure {
  /** The system's, or Node's. */
  readonly code: string | undefined;
  /** In words. */
  readonly reason: string;
  /** Where it lies in TLS: the other side speaks none, or its certificate is not good. */
  readonly tls: 'none' | 'untrusted' | 'out-of-date' | 'of-another-host' | undefined;
}

/** Tells apart what Node throws; of several addresses that were tried, the first counts. */
export function connectionFailure(error: unknown): ConnectionFailure {
  const { code, message } = innermost(error);
  const tls = tlsTrouble(code, message);
  return { code, reason: tls === 'none' ? 'the answer is no TLS' : reasonOf(code, message), tls };
}

/** The system's error under Node's. */
function innermost(error: unknown): { code: string | undefined; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (code === undefined && cause instanceof Error) return innermost(cause);
  return { code: typeof code === 'string' ? code : undefined, message: String(message ?? error) };
}

function tlsTrouble(code = '', message: string): ConnectionFailure['tls'] {
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number|packet length too long/i.test(message))
    return 'none';
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return 'out-of-date';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'of-another-host';
  return /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code) ? 'untrusted' : undefined;
}

function reasonOf(code: string | undefined, message: string): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ENOTFOUND':
      return 'the host name is not known';
    case 'CONNECT_TIMEOUT':
      return 'no connection in time';
    case 'HEADERS_TIMEOUT':
      return 'no answer in time';
    case 'BODY_TIMEOUT':
      return 'the answer stopped half-way';
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection broke (${message})`;
    default:
      return openSslWords(message) ?? message;
  }
}

/** `tlsv1 alert protocol version` of OpenSSL's line, which goes on with the places of its source. */
function openSslWords(message: string): string | undefined {
  const words = /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1];
  return words && `TLS: ${words}`;
}
