import { setFlagsFromString } from 'node:v8';

/** Heap from which on memory is saved rather than time, in bytes. */
const CAREFUL_FROM_BYTES = 64_000_000;
const LOOK_EVERY_MS = 100;

/**
 * Keeps the process small, as it promises to stay: what streams by is garbage at once, and Node would let its spaces grow by what
 * the machine has. The space of new objects does not grow, which costs no time. The rest is collected before it has grown by
 * half once it is large; from the start on that would cost a third of the processor time of an ordinary comparison.
 */
export function boundHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  const watch = setInterval(() => {
    if (process.memoryUsage().heapUsed < CAREFUL_FROM_BYTES) return;
    setFlagsFromString('--heap-growing-percent=20');
    clearInterval(watch);
  }, LOOK_EVERY_MS);
  watch.unref();
}
