/**
 * What went wrong, so that callers can tell apart: not there, not allowed, not reachable, not understood.
 *
 * - `not-found`: the registry, engine or folder answered, and the thing is not there
 * - `unauthorized`: no credentials, or they were refused (401)
 * - `forbidden`: the credentials are good, but not for this (403)
 * - `rate-limited`: 429, after all retries
 * - `unreachable`: nothing answered: name, connection, TLS or time-out; or 5xx after all retries
 * - `invalid`: an answer, file or option that is not understood
 * - `mismatch`: content that has another digest or size than its descriptor says
 * - `limit`: larger or deeper than a stated bound
 * - `unsupported`: understood, and not something that can be done (foreign layer, encrypted layer, schema 1)
 * - `conflict`: a tag that exists with other content
 * - `build-failed`, `push-failed`: the engine said so
 * - `aborted`: the caller's AbortSignal
 */
export type OciErrorCode =
  | 'not-found'
  | 'unauthorized'
  | 'forbidden'
  | 'rate-limited'
  | 'unreachable'
  | 'invalid'
  | 'mismatch'
  | 'limit'
  | 'unsupported'
  | 'conflict'
  | 'build-failed'
  | 'push-failed'
  | 'aborted';

export interface OciErrorDetails {
  /** The next step, as a sentence to the user. */
  readonly hint?: string;
  readonly cause?: unknown;
  /** What a program may want to read: status, url (without secrets), reference, path, expected, actual. */
  readonly facts?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** The one error class of this package. `message` says what was tried, on what, what was expected and what came. */
export class OciError extends Error {
  readonly code: OciErrorCode;
  readonly hint: string | undefined;
  readonly facts: Readonly<Record<string, string | number | boolean | undefined>>;

  constructor(code: OciErrorCode, message: string, details: OciErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'OciError';
    this.code = code;
    this.hint = details.hint;
    this.facts = details.facts ?? {};
  }
}

/** Whether `error` is an `OciError` of one of these codes. */
export function isOciError(error: unknown, ...codes: OciErrorCode[]): error is OciError {
  return error instanceof OciError && (codes.length === 0 || codes.includes(error.code));
}
