import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LockEnvironment, withLock } from './lock.js';

let path: string;
let nowMs: number;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'lock-')), '.lock');
  nowMs = Date.now();
});
afterEach(() => rmSync(path, { recursive: true, force: true }));

/** Time goes on only while someone sleeps. */
const environment = (some: Partial<LockEnvironment> = {}): LockEnvironment => ({
  now: () => nowMs,
  sleep: async (milliseconds) => {
    nowMs += milliseconds;
  },
  isAlive: () => true,
  pid: 10,
  startedMs: 1_000_000,
  host: 'here',
  ...some,
});
const lockOf = (owner: { pid?: number; startedMs?: number; host?: string }) =>
  writeFileSync(path, JSON.stringify({ pid: 20, startedMs: 1_000_000, host: 'here', ...owner, id: 'abc' }));
const take = (some: Partial<LockEnvironment> = {}, waitMs = 500) =>
  withLock(path, async () => 'done', { waitMs, environment: environment(some) });

describe('a lock', () => {
  it('names its process while it is held, and is gone after, also after a failure', async () => {
    await withLock(path, async () => {
      expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    });
    expect(existsSync(path)).toBe(false);
    await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrowError('no');
    expect(existsSync(path)).toBe(false);
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 8 }, () => withLock(path, work)));
    expect(most).toBe(1);
  });

  it('of a living process is waited for, and then is an error that names it and the way out', async () => {
    lockOf({});
    const started = nowMs;
    await expect(take()).rejects.toMatchObject({
      code: 'environment',
      message: `Lock the version files with ${path}: expected it to be free within 0.5 s; it is held by process 20 on here`,
      hint: `Wait until that run has ended; if there is none, remove ${path}.`,
    });
    expect(nowMs - started).toBeGreaterThanOrEqual(500);
    expect(existsSync(path)).toBe(true);
  });

  it.each([
    ['a process that has ended', {}, { isAlive: () => false }],
    ['an earlier process of the same number', { pid: 10, startedMs: 900_000 }, {}],
  ])('of %s is taken over', async (_, owner, some) => {
    lockOf(owner);
    await expect(take(some)).resolves.toBe('done');
    expect(existsSync(path)).toBe(false);
  });

  it.each([
    ['this process', { pid: 10 }, {}],
    ['another machine, whose processes nobody here knows', { host: 'there' }, { isAlive: () => false }],
  ])('of %s is waited for', async (_, owner, some) => {
    lockOf(owner);
    await expect(take(some)).rejects.toThrowError(/expected it to be free/);
  });

  it('that was moved aside by one who was killed then is removed once it is stale, and not before', async () => {
    lockOf({ pid: 21 });
    renameSync(path, `${path}.0123456789abcdef`);
    await take({ isAlive: () => true });
    expect(existsSync(`${path}.0123456789abcdef`)).toBe(true);
    await take({ isAlive: () => false });
    expect(existsSync(`${path}.0123456789abcdef`)).toBe(false);
  });

  it('that is older than ten minutes is taken over, whoever made it', async () => {
    lockOf({ host: 'there' });
    const old = new Date(nowMs - 601_000);
    utimesSync(path, old, old);
    await expect(take()).resolves.toBe('done');
  });

  it('that is empty is being made; after two seconds it is left over', async () => {
    writeFileSync(path, '');
    await expect(take({}, 1_000)).rejects.toThrowError(/held by someone/);
    await expect(take({}, 3_000)).resolves.toBe('done');
  });
});
