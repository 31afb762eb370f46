import { isOciError, OciError, type OciErrorCode } from '../errors.js';
import { connectionFailure } from '../http/connection-failure.js';

/** Answers and connection errors of an engine, told apart by what engines and registries write (Docker 20 to 29, Podman 4, 5). */
const codeOfText: readonly (readonly [RegExp, OciErrorCode])[] = [
  [/toomanyrequests|too many requests|rate limit/i, 'rate-limited'],
  [/unauthorized|no basic auth credentials|authentication required|invalid username\/password/i, 'unauthorized'],
  [/denied|forbidden|insufficient[_ ]scope/i, 'forbidden'],
  [/manifest unknown|no such image|does not exist|not found|not known|unable to find/i, 'not-found'],
  [
    /connection refused|no such host|i\/o timeout|deadline exceeded|network is unreachable|connection reset|no route to host|TLS handshake|server misbehaving|x509|server gave HTTP response|: EOF/i,
    'unreachable',
  ],
];

/** The code for a message that an engine passed on, or `otherwise`. */
export function codeOfEngineMessage(message: string, otherwise: OciErrorCode): OciErrorCode {
  return codeOfText.find(([pattern]) => pattern.test(message))?.[1] ?? otherwise;
}

/** An engine answered, and did not do it. */
export class EngineRefusal extends Error {
  readonly status: number;

  /** `answer` is JSON with a `message`, or text. */
  constructor(status: number, answer: unknown) {
    const { message = answer } = (answer ?? {}) as { message?: unknown };
    super(typeof message === 'string' ? message : JSON.stringify(message));
    this.status = status;
  }
}

/** The part of an engine's answer that is meant to be read, without control characters. */
export function engineMessage(error: unknown): string {
  return cleanText(error instanceof Error ? error.message : String(error))
    .trim()
    .slice(0, 2000);
}

/** Without terminal escapes and control characters but tab and line feed. */
export function cleanText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  return text.replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '').replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}

/**
 * An engine's failure as one of ours. `tried` completes "Could not …".
 * A connection that can't be made is `unreachable`; HTTP 404 is `not-found`, 401 and 403 as in a registry, 409 `conflict`.
 */
export function engineError(error: unknown, tried: string, signal?: AbortSignal): OciError {
  if (isOciError(error)) return error;
  if (signal?.aborted) return new OciError('aborted', `Stopped: ${tried}.`, { cause: error });
  if (!(error instanceof EngineRefusal)) {
    return new OciError('unreachable', `Could not ${tried}: ${engineMessage(connectionFailure(error).reason)}`, {
      cause: error,
      hint: 'See whether the engine runs (`docker version`), and try again.',
    });
  }
  const { status } = error;
  const message = engineMessage(error);
  const code = codeOfStatus(status, message);
  return new OciError(code, `Could not ${tried}: ${message}`, { cause: error, facts: { status }, hint: hints[code] });
}

function codeOfStatus(status: number, message: string): OciErrorCode {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  return codeOfEngineMessage(message, status >= 500 ? 'unreachable' : 'invalid');
}

/** The next step for failures between an engine and a registry. */
export const hints: Partial<Record<OciErrorCode, string>> = {
  unauthorized: 'Log in to the registry (`docker login`), or give credentials.',
  forbidden: 'The credentials do not allow this, or there is no such repository: check both.',
  'rate-limited': 'Wait, or log in: registries allow more to those who do.',
};
