import { setFlagsFromString } from 'node:v8';

/**
 * Makes the garbage collector run before the heap has grown by half, and not let the space of new objects grow: what streams by
 * is garbage at once, and this process promises to stay small (Node's own measure is what the machine has). Costs under a tenth of the time.
 */
export function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=20');
  setFlagsFromString('--semi-space-growth-factor=1');
}
