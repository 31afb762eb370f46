import { afterEach, beforeEach, expect, it } from 'vitest';
import { interruptible } from './interruptible.js';

let received: string[] = [];
/** Keeps the signal from ending the tests. */
const listener = (name: string) => received.push(name);
beforeEach(() => {
  received = [];
  process.on('SIGTERM', listener);
});
afterEach(() => process.off('SIGTERM', listener));

/** Waits for the signal, then takes its time to clean up. */
async function untilAborted(signal: AbortSignal, cleanUp: () => void): Promise<void> {
  try {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  } finally {
    await new Promise((resolve) => setTimeout(resolve, 20));
    cleanUp();
  }
}

it('tells work that the process is to end, lets it clean up, and then ends the process as the signal would have', async () => {
  let seenAtCleanUp: string[] = [];
  const work = interruptible((signal) => untilAborted(signal, () => (seenAtCleanUp = [...received])));
  process.kill(process.pid, 'SIGTERM');
  await expect(work).rejects.toThrow();
  expect(seenAtCleanUp).toEqual(['SIGTERM']);
  await expect.poll(() => received).toEqual(['SIGTERM', 'SIGTERM']);
});

it('does not wait for work that goes on all the same', async () => {
  void interruptible(() => new Promise(() => {}), 20);
  process.kill(process.pid, 'SIGTERM');
  await expect.poll(() => received).toEqual(['SIGTERM', 'SIGTERM']);
});

it('leaves signals alone once the work is done', async () => {
  expect(await interruptible(async () => 7)).toBe(7);
  expect(process.listeners('SIGTERM')).toEqual([listener]);
});
