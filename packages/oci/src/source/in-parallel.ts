import pLimit from 'p-limit';

/**
 * Runs `task` on all items, `concurrency` at once. The first failure stops the rest by their signal, and is thrown once all have
 * ended, so that nothing goes on behind the caller's back.
 */
export async function inParallel<T>(
  items: Iterable<T>,
  concurrency: number,
  signal: AbortSignal | undefined,
  task: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const limit = pLimit(concurrency);
  const failures: unknown[] = [];
  const run = async (item: T) => {
    if (failures.length > 0) return;
    try {
      await task(item, both);
    } catch (error) {
      failures.push(error);
      stop.abort();
    }
  };
  await Promise.all([...items].map((item) => limit(run, item)));
  if (failures.length > 0) throw failures[0];
}
