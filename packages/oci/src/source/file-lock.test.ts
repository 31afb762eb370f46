import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { link } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { acquireLock, type FileLock, type LockEnvironment } from './file-lock.js';

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  return { ...fs, link: vi.fn(fs.link) };
});

let path: string;
let nowMs: number;
beforeEach(() => {
  path = join(mkdtempSync(join(tmpdir(), 'lock-')), '.lock');
  nowMs = Date.now();
});
afterEach(() => {
  vi.mocked(link).mockReset();
  rmSync(dirname(path), { recursive: true, force: true });
});

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
  pidNamespace: 'pid:[1]',
  ...some,
});
const lockText = (owner: object = {}) =>
  JSON.stringify({ pid: 20, startedMs: 1_000_000, host: 'here', pidNamespace: 'pid:[1]', ...owner, id: 'abc' });
const nobodyLives = { isAlive: () => false };
const patient = { waitMs: 30_000, staleMs: 600_000 };
const acquire = (some: Partial<LockEnvironment> = {}, waitMs = 500): Promise<FileLock> =>
  acquireLock(path, { ...patient, waitMs, environment: environment(some) });
const age = (file: string, ageMs: number) => {
  const then = new Date(nowMs - ageMs);
  utimesSync(file, then, then);
};

describe('a lock', () => {
  it('names its process while it is held, and leaves nothing', async () => {
    const lock = await acquireLock(path, patient);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid, host: hostname() });
    expect(readdirSync(dirname(path))).toEqual(['.lock']);
    await lock.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      const lock = await acquireLock(path, patient);
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setTimeout(resolve, 2));
      inside -= 1;
      await lock.release();
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(most).toBe(1);
  });

  it('of a living process is waited for, and then is an error that names it and the way out', async () => {
    writeFileSync(path, lockText());
    const started = nowMs;
    await expect(acquire()).rejects.toMatchObject({
      code: 'conflict',
      message: `${path}: expected it to be free within 0.5 s; it is held by process 20 on here`,
      hint: `Wait until that run has ended; if there is none, remove ${path}.`,
    });
    expect(nowMs - started).toBeGreaterThanOrEqual(500);
    expect(readFileSync(path, 'utf8')).toBe(lockText());
  });

  it('is waited for no longer than until the caller gives up', async () => {
    writeFileSync(path, lockText());
    const stop = new AbortController();
    const sleep = async () => stop.abort();
    const options = { ...patient, signal: stop.signal, environment: environment({ sleep }) };
    await expect(acquireLock(path, options)).rejects.toMatchObject({ code: 'aborted' });
  });

  it.each([
    ['a process that has ended', {}, nobodyLives],
    ['an earlier process of the same number', { pid: 10, startedMs: 900_000 }, {}],
    ['a process that has ended, in the form without a namespace,', { pidNamespace: undefined }, nobodyLives],
  ])('of %s is taken over', async (_, owner, some) => {
    writeFileSync(path, lockText(owner));
    const lock = await acquire(some, 0);
    expect(await lock.isHeld()).toBe(true);
    await lock.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('of a process that has ended is told by the system, too', async () => {
    const lock = await acquireLock(path, patient);
    const text = readFileSync(path, 'utf8');
    await lock.release();
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(text), pid }));
    await (await acquireLock(path, { ...patient, waitMs: 0 })).release();
  });

  it.each([
    ['this process', { pid: 10 }, {}],
    ['another machine, whose processes nobody here knows,', { host: 'there' }, nobodyLives],
    ['a container with the name of this machine', { pidNamespace: 'pid:[2]' }, nobodyLives],
  ])('of %s is waited for', async (_, owner, some) => {
    writeFileSync(path, lockText(owner));
    await expect(acquire(some)).rejects.toThrowError(/expected it to be free/);
  });

  it('that is older than the stale age is taken over, whoever made it', async () => {
    writeFileSync(path, lockText({ host: 'there' }));
    age(path, 601_000);
    expect(await (await acquire({}, 0)).isHeld()).toBe(true);
  });

  it.each(['', '77 here%2Fpid%3A%5B1%5D 0c5a1c1e-0000'])(
    'that names nobody (%j) is being made; after two seconds it is left over',
    async (text) => {
      writeFileSync(path, text);
      await expect(acquire({}, 1_000)).rejects.toThrowError(/held by someone/);
      expect(await (await acquire({}, 3_000)).isHeld()).toBe(true);
    },
  );

  it('that was lost is known to be, and stays with its new holder', async () => {
    const lost = await acquire();
    age(path, 601_000);
    const lock = await acquire({}, 0);
    expect(await lost.isHeld()).toBe(false);
    await lost.release();
    expect(await lock.isHeld()).toBe(true);
  });

  it('that is left over is left to the one process that takes it over', async () => {
    writeFileSync(path, lockText({ pid: 21 }));
    writeFileSync(`${path}.takeover`, lockText({ pid: 22 }));
    const isAlive = (pid: number) => pid !== 21;
    await expect(acquire({ isAlive })).rejects.toThrowError(/held by process 21/);
    expect(await (await acquire(nobodyLives)).isHeld()).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['.lock']);
  });

  it('of those that were killed while they took it leaves nothing, and of those that live all', async () => {
    writeFileSync(`${path}.1`, lockText({ pid: 21 }));
    writeFileSync(`${path}.takeover`, lockText({ pid: 21 }));
    writeFileSync(`${path}.2`, lockText({ pid: 22 }));
    await acquire({ isAlive: (pid) => pid !== 21 });
    expect(readdirSync(dirname(path))).toEqual(['.lock', '.lock.2']);
  });

  it('is made where there are no hard links', async () => {
    vi.mocked(link).mockRejectedValue(Object.assign(new Error('no links'), { code: 'EPERM' }));
    const lock = await acquire();
    expect(await lock.isHeld()).toBe(true);
    await expect(acquire()).rejects.toMatchObject({ code: 'conflict' });
    await lock.release();
    expect(readdirSync(dirname(path))).toEqual([]);
  });

  it('is tried for again if its draft was taken for one left over', async () => {
    const gone = Object.assign(new Error('no draft'), { code: 'ENOENT', syscall: 'link' });
    vi.mocked(link).mockRejectedValueOnce(gone);
    expect(await (await acquire()).isHeld()).toBe(true);
  });

  it('is an error of the file system where the folder is not there', async () => {
    rmSync(dirname(path), { recursive: true });
    await expect(acquire()).rejects.toMatchObject({ code: 'ENOENT' });
    expect(existsSync(dirname(path))).toBe(false);
  });
});
