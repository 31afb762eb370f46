import { OciError } from '../errors.js';
import { connectionFailure } from '../http/connection-failure.js';
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
  const { code, reason } = connectionFailure(error);
  const failure = new OciError('unreachable', `${what}: ${method} ${redactUrl(url)}: ${reason}`, {
    hint: hintFor(error, url),
    cause: error,
    facts: { url: redactUrl(url), reason: code },
  });
  const isTimeout = error instanceof TimeoutError;
  const isPassingRefusal = error instanceof ProxyRefusal && PASSING_STATUSES.includes(error.status);
  const passes = isTimeout || isPassingRefusal || PASSING.has(code ?? '');
  return passes ? new TransientFailure(failure, { isTimeout }) : failure;
}

function hintFor(error: unknown, url: URL): string {
  if (error instanceof ProxyRefusal && error.status === 407) {
    return 'The proxy wants to know who asks: write user and password into its URL, as in http://user:password@proxy.example:3128.';
  }
  switch (connectionFailure(error).tls) {
    case 'none':
      return `${url.host} seems to speak plain HTTP. If that is meant, name it in IMAGE_VERSIONS_INSECURE_REGISTRIES; on this machine, give no option for its certificate.`;
    case 'untrusted':
      return 'The certificate is not trusted: name the file of its authority in NODE_EXTRA_CA_CERTS.';
    case 'out-of-date':
      return `The certificate of ${url.host} has to be renewed, or the clock of this machine is wrong.`;
    case 'of-another-host':
      return `The certificate is for other hosts: is ${url.host} the right address, or does a proxy answer in its place?`;
    case undefined:
      return `Is ${url.host} the right address, and reached from here (network, proxy)?`;
  }
}
