import { OciError } from '../errors.js';
import { type ConnectionFailure, connectionFailure } from '../http/connection-failure.js';
import type { EngineAddress } from './engine-address.js';
import { EngineRefusal } from './engine-error.js';

/** Why an engine could not be reached, from what its transport met: absent, not allowed, not reachable, not an engine. */
export function connectError(
  error: unknown,
  tried: string,
  address: EngineAddress,
  signal: AbortSignal | undefined,
): OciError {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = String((cause as { code?: unknown } | undefined)?.code ?? '');
  const facts = { address: address.url };
  if (signal?.aborted) return new OciError('aborted', `Stopped: ${tried}.`, { cause });
  if (code === 'EACCES' || code === 'EPERM') {
    return new OciError('forbidden', `Could not ${tried}: this user may not open the socket.`, {
      cause,
      facts,
      hint: 'Add the user to the group that owns the socket (mostly `docker`) and log in again, or use a rootless engine.',
    });
  }
  if (code === 'ENOENT') {
    return new OciError('unreachable', `Could not ${tried}: there is no such socket.`, {
      cause,
      facts: { ...facts, reason: 'absent' },
      hint: 'Start the engine, or correct the address.',
    });
  }
  if (code.startsWith('HPE_')) return notAnEngine(tried, address, 'the answer is not HTTP', cause);
  if (cause instanceof EngineRefusal) {
    return /HTTPS server/i.test(cause.message)
      ? new OciError('invalid', `Could not ${tried}: it speaks TLS.`, {
          facts,
          hint: 'Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with the certificates.',
        })
      : notAnEngine(tried, address, `/version answers ${cause.status}`, cause);
  }
  const { reason, tls } = connectionFailure(cause ?? error);
  const why = (cause as { name?: string } | undefined)?.name === 'AbortError' ? 'no answer in time' : reason;
  return new OciError('unreachable', `Could not ${tried}: ${why}.`, { cause, facts, hint: hintFor(tls) });
}

function hintFor(tls: ConnectionFailure['tls']): string {
  if (tls === undefined) return 'See whether the engine runs (`docker version`), and whether the address is right.';
  return tls === 'none'
    ? 'It seems to speak plain HTTP: unset DOCKER_TLS_VERIFY and DOCKER_TLS, or correct the port.'
    : "Set DOCKER_CERT_PATH to the folder with this engine's certificates, and see whether they are in date and for its host.";
}

/** What listens at an address is something else. */
export function notAnEngine(tried: string, address: EngineAddress, why: string, cause?: unknown): OciError {
  return new OciError('invalid', `Could not ${tried}: what listens there is not a container engine (${why}).`, {
    cause,
    facts: { address: address.url },
    hint: 'Correct the address in DOCKER_HOST or in the Docker context.',
  });
}
