import { randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ImageVersionsError } from '../errors.js';

/** Time and processes, so that tests can decide upon them. */
export interface LockEnvironment {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  isAlive(pid: number): boolean;
  readonly pid: number;
  /** When this process began, in milliseconds since 1970: tells it from an earlier one of the same number. */
  readonly startedMs: number;
  readonly host: string;
}

/** How long to wait for another run. */
export interface LockOptions {
  /** Default 30 s: a lock is held for the time of writing two small files. */
  readonly waitMs?: number;
  /** Age from which on a lock is left over, whoever made it. Default 10 min. */
  readonly staleMs?: number;
  readonly environment?: LockEnvironment;
}

const POLL_MS = 25;
/** A lock is made and written in two steps; until this age an empty one is being written. */
const EMPTY_MS = 2_000;
/** Two start times nearer than this are of one process. */
const START_TOLERANCE_MS = 5_000;

const system: LockEnvironment = {
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  isAlive: (pid) => {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
  },
  pid: process.pid,
  startedMs: Math.round(Date.now() - process.uptime() * 1000),
  host: hostname(),
};

/**
 * Runs `work` while no other process, also of another machine on the same file system, does so with the same lock file. A lock whose
 * process has ended, or that is older than `staleMs`, is taken over. Error `environment`, if it is not free in time.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const { waitMs = 30_000, staleMs = 600_000, environment = system } = options;
  const id = randomBytes(8).toString('hex');
  const { pid, startedMs, host } = environment;
  const text = JSON.stringify({ pid, startedMs, host, id });
  const deadline = environment.now() + waitMs;
  while (!(await tryCreate(path, text))) {
    const found = await readLock(path);
    if (found === undefined) continue;
    if (isStale(found, staleMs, environment)) {
      await takeAway(path, found.text, id);
      continue;
    }
    if (environment.now() >= deadline) throw timeout(path, found, waitMs);
    await environment.sleep(POLL_MS + Math.floor(Math.random() * POLL_MS));
  }
  try {
    await removeAsides(path, staleMs, environment);
    return await work();
  } finally {
    const found = await readLock(path);
    if (found?.text === text) await rm(path, { force: true });
  }
}

interface FoundLock {
  readonly text: string;
  readonly modifiedMs: number;
  readonly owner: { readonly pid: number; readonly startedMs: number; readonly host: string } | undefined;
}

async function tryCreate(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code === 'ENOSPC' || code === 'EDQUOT') await rm(path, { force: true }).catch(() => undefined);
    throw new ImageVersionsError(
      'environment',
      `Lock the version files with ${path}: ${message}; they are as they were`,
      {
        hint: 'The folder of the versions file must be writable, and have room.',
        cause,
      },
    );
  }
}

async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const [text, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
    const match = /^\{"pid":(\d+),"startedMs":(\d+),"host":"([^"\\]*)","id":"[0-9a-f]+"\}$/.exec(text);
    const owner =
      match === null ? undefined : { pid: Number(match[1]), startedMs: Number(match[2]), host: match[3] ?? '' };
    return { text, modifiedMs: mtimeMs, owner };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new ImageVersionsError('environment', `Read the lock ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function isStale({ owner, modifiedMs }: FoundLock, staleMs: number, environment: LockEnvironment): boolean {
  const ageMs = environment.now() - modifiedMs;
  if (owner === undefined) return ageMs > EMPTY_MS;
  if (ageMs > staleMs) return true;
  if (owner.host !== environment.host) return false;
  if (owner.pid !== environment.pid) return !environment.isAlive(owner.pid);
  return Math.abs(owner.startedMs - environment.startedMs) > START_TOLERANCE_MS;
}

/** Moves the lock aside and looks at it again: one that another process made in between is put back. */
async function takeAway(path: string, stale: string, id: string): Promise<void> {
  const aside = `${path}.${id}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw new ImageVersionsError('environment', `Take over the lock ${path}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if ((await readFile(aside, 'utf8')) === stale) await rm(aside, { force: true });
  else await rename(aside, path);
}

/** Removes stale locks that were moved aside by a process that was killed then. One that is not stale is about to be put back. */
async function removeAsides(path: string, staleMs: number, environment: LockEnvironment): Promise<void> {
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const aside of names.map((name) => join(dirname(path), name))) {
    const found = await readLock(aside);
    if (found !== undefined && isStale(found, staleMs, environment)) await rm(aside, { force: true });
  }
}

function timeout(path: string, { owner }: FoundLock, waitMs: number): ImageVersionsError {
  const by = owner === undefined ? 'someone' : `process ${owner.pid} on ${owner.host}`;
  return new ImageVersionsError(
    'environment',
    `Lock the version files with ${path}: expected it to be free within ${waitMs / 1000} s; it is held by ${by}`,
    { hint: `Wait until that run has ended; if there is none, remove ${path}.` },
  );
}
