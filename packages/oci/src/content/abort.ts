import { setMaxListeners } from 'node:events';
import { OciError } from '../errors.js';

const stopped = (signal: AbortSignal): OciError =>
  new OciError('aborted', 'stopped by the caller', { cause: signal.reason });

/** Throws `aborted` if the caller gave up. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped(signal);
}

/** Lets any number wait for a signal at once: Node 20 prints a warning where more than ten do. */
export function letManyWait(signal: AbortSignal | undefined): void {
  if (signal !== undefined) setMaxListeners(0, signal);
}

/** The bytes of a stream. Throws `aborted` at the next chunk after the signal. */
export async function* untilAborted(
  stream: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  throwIfAborted(signal);
  for await (const chunk of stream) {
    throwIfAborted(signal);
    yield chunk;
  }
}

/** Waits for what others wait for too: an abort ends this wait only. */
export async function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  throwIfAborted(signal);
  if (signal === undefined) return shared;
  let stop = (): void => {};
  const abort = new Promise<never>((_, reject) => {
    stop = () => reject(stopped(signal));
  });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([shared, abort]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
