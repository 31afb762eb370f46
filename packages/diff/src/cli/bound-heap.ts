import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const LOOK_EVERY_MS = 20;
/** How far the space of new objects may grow, in bytes: in a smaller one, buffers that stream by grow old, and stay. */
const NEW_SPACE_BYTES = 8 * 1024 * 1024;
/** Objects from which on memory is saved rather than time, in bytes. */
const CAREFUL_FROM_BYTES = 64_000_000;
/** Buffers from which on those that nobody holds any more are freed, in bytes. */
const FREE_FROM_BYTES = 40_000_000;

type Collect = (options: { readonly type: 'minor' }) => void;

/**
 * Keeps the process small, as it promises to stay: what streams by is garbage at once, and Node would let its spaces grow by what
 * the machine has. Buffers of a stream hardly fill the space of new objects, so that the collector, left alone, lets them pile up
 * (Node 24: by 100 MB). All else is collected often only once it is much: from the start on that would cost a third of the
 * processor time of an ordinary comparison.
 */
export function boundHeap(): void {
  let collect: Collect | undefined;
  const watch = setInterval(() => {
    if (newSpaceBytes() >= NEW_SPACE_BYTES) setFlagsFromString('--semi-space-growth-factor=1');
    const { heapUsed, external } = process.memoryUsage();
    if (heapUsed > CAREFUL_FROM_BYTES) setFlagsFromString('--heap-growing-percent=20');
    if (external > FREE_FROM_BYTES) {
      collect ??= collector();
      collect({ type: 'minor' });
    }
  }, LOOK_EVERY_MS);
  watch.unref();
}

function newSpaceBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}

/** Made only where it is needed, since the context that it comes from takes a tenth of what Node takes to start. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as Collect;
}
