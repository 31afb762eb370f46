import { describe, expect, it } from 'vitest';
import { OciError } from '../errors.js';
import { parseRetryAfter, retrying, TransientFailure } from './retry.js';

const passing = (retryAfterMs?: number, isTimeout = false) =>
  new TransientFailure(new OciError('unreachable', 'broke'), { retryAfterMs, isTimeout });

/** Runs an attempt that always fails with `failure`, and gives what happened. */
async function run(failure: Error, random = 1): Promise<{ tries: number; pauses: number[]; error: unknown }> {
  const pauses: number[] = [];
  let tries = 0;
  const settings = {
    retries: 4,
    maxRetryAfterMs: 60_000,
    random: () => random,
    sleep: async (ms: number) => void pauses.push(ms),
  };
  const error = await retrying(settings, undefined, async () => {
    tries += 1;
    throw failure;
  }).catch((thrown: unknown) => thrown);
  return { tries, pauses, error };
}

describe('retrying', () => {
  it('waits longer each time, then throws the error itself', async () => {
    const { tries, pauses, error } = await run(passing());
    expect({ tries, pauses }).toEqual({ tries: 5, pauses: [250, 500, 1000, 2000] });
    expect(error).toBeInstanceOf(OciError);
  });

  it('spreads the pauses', async () => {
    expect((await run(passing(), 0)).pauses).toEqual([125, 250, 500, 1000]);
  });

  it('waits at least as long as the registry asks', async () => {
    expect((await run(passing(1500))).pauses).toEqual([1500, 1500, 1500, 2000]);
  });

  it('does not wait for longer than its bound', async () => {
    expect(await run(passing(61_000))).toMatchObject({ tries: 1, pauses: [] });
  });

  it('tries a time-out once more only', async () => {
    expect((await run(passing(undefined, true))).tries).toBe(2);
  });

  it('does not retry what will not pass', async () => {
    expect(await run(new OciError('not-found', 'gone'))).toMatchObject({ tries: 1, error: { code: 'not-found' } });
  });

  it('stops waiting for an AbortSignal', async () => {
    const stop = new AbortController();
    const sleep = async () => {
      stop.abort();
      throw new Error('woken');
    };
    const settings = { retries: 4, maxRetryAfterMs: 0, random: () => 1, sleep };
    const run = retrying(settings, stop.signal, async () => {
      throw passing();
    });
    await expect(run).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  it.each([
    [undefined, undefined],
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('reads %j as %j ms', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });
});
