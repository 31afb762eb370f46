import { OciError } from '../errors.js';
import { TimeoutError } from '../http/time-limits.js';
import { redactUrl } from './endpoint.js';
import { PASSING_STATUSES, TransientFailure } from './retry.js';
import { ProxyRefusal } from './tunnel.js';

const PASSING = new Set(['ECONNRESET', 'EPIPE', 'EAI_AGAIN', 'ETIMEDOUT', 'ECONNABORTED']);

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What to throw where there is no answer, or a body broke off: a `TransientFailure` if another try may help, else an `OciError`.
 * Errors that are ours already (of the content that is uploaded) stay as they are.
 */
export function networkFailure(error: unknown, { method, url, what, signal }: Sent): Error {
  if (signal?.aborted) return new OciError('aborted', `${what}: stopped by the caller`, { cause: error });
  if (error instanceof OciError || error instanceof TransientFailure) return error;
  const { code, message } = innermost(error);
  const failure = new OciError('unreachable', `${what}: ${method} ${redactUrl(url)}: ${reason(code, message)}`, {
    hint: hintFor(error, url),
    cause: error,
    facts: { url: redactUrl(url), reason: code },
  });
  const isTimeout = error instanceof TimeoutError;
  const isPassingRefusal = error instanceof ProxyRefusal && PASSING_STATUSES.includes(error.status);
  const passes = isTimeout || isPassingRefusal || PASSING.has(code ?? '');
  return passes ? new TransientFailure(failure, { isTimeout }) : failure;
}

/** The system's error under Node's, and the first of several addresses that were tried. */
function innermost(error: unknown): { code: string | undefined; message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return innermost(error.errors[0]);
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown };
  if (code === undefined && cause instanceof Error) return innermost(cause);
  return { code: typeof code === 'string' ? code : undefined, message: String(message ?? error) };
}

function reason(code: string | undefined, message: string): string {
  if (isNoTls(code, message)) return 'the answer is no TLS';
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
      return `the connection broke (${message})`;
    default:
      return message;
  }
}

function hintFor(error: unknown, url: URL): string {
  const { code, message } = innermost(error);
  if (isNoTls(code, message)) {
    return `${url.host} seems to speak plain HTTP. If that is meant, name it in IMAGE_VERSIONS_INSECURE_REGISTRIES; on this machine, give no option for its certificate.`;
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)/.test(code ?? '')) {
    return 'The certificate is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS.';
  }
  if (error instanceof ProxyRefusal && error.status === 407) {
    return 'The proxy wants to know who asks: write user and password into its URL, as in http://user:password@proxy.example:3128.';
  }
  return `Is ${url.host} the right address, and reached from here (network, proxy)?`;
}

const isNoTls = (code: string | undefined, message: string): boolean =>
  code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number|packet length too long/i.test(message);
