import { throwIfAborted } from '../content/abort.js';
import type { OciError } from '../errors.js';
import type { RegistrySettings } from './options.js';

/**
 * Answers after which another try may help. 499 is nginx's, those from 520 on are Cloudflare's: both stand in front of registries and of the
 * stores that these send to.
 */
export const PASSING_STATUSES: readonly number[] = [408, 429, 499, 500, 502, 503, 504, 520, 521, 522, 523, 524];

/** A failure that may pass; `error` is what is thrown when it does not. Never leaves this folder. */
export class TransientFailure extends Error {
  readonly error: OciError;
  /** What the registry asked for. */
  readonly retryAfterMs: number | undefined;
  /** A time-out is tried once more only: each try costs its whole length. */
  readonly isTimeout: boolean;

  constructor(error: OciError, details: { retryAfterMs?: number | undefined; isTimeout?: boolean } = {}) {
    super(error.message);
    this.error = error;
    this.retryAfterMs = details.retryAfterMs;
    this.isTimeout = details.isTimeout ?? false;
  }
}

const BASE_DELAY_MS = 250;
const MAX_DELAY_MS = 10_000;

type RetrySettings = Pick<RegistrySettings, 'retries' | 'maxRetryAfterMs' | 'random' | 'sleep'>;

/** Runs `attempt` until it succeeds, fails for good, or the tries are used up; then the last failure's error is thrown. */
export async function retrying<T>(
  settings: RetrySettings,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tried = 0; ; tried++) {
    try {
      throwIfAborted(signal);
      return await attempt();
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      await pauseBeforeRetry(settings, signal, failure, tried);
    }
  }
}

/** Waits before try `tried + 1`, longer each time and never shorter than the registry asked; throws if there is none. */
export async function pauseBeforeRetry(
  settings: RetrySettings,
  signal: AbortSignal | undefined,
  failure: TransientFailure,
  tried: number,
): Promise<void> {
  const allowed = failure.isTimeout ? Math.min(1, settings.retries) : settings.retries;
  if (tried >= allowed || (failure.retryAfterMs ?? 0) > settings.maxRetryAfterMs) throw failure.error;
  const backoff = Math.min(BASE_DELAY_MS * 2 ** tried, MAX_DELAY_MS) * (0.5 + settings.random() / 2);
  try {
    await settings.sleep(Math.max(backoff, failure.retryAfterMs ?? 0), signal);
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
}

/** `Retry-After` in milliseconds: seconds or a date (RFC 9110, 10.2.3); `undefined` if absent or neither. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
