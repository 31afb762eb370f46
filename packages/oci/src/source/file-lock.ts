import { randomUUID } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '../content/abort.js';
import { OciError } from '../errors.js';

/** The process that holds a lock. */
export interface LockOwner {
  readonly pid: number;
  /** When it began, in milliseconds since 1970: tells it from an earlier process of the same number. */
  readonly startedMs: number;
  readonly host: string;
  /** Numbers of another namespace mean other processes, also where a container has the name of its host. Linux only. */
  readonly pidNamespace: string | undefined;
}

/** This process, its clock, and what it knows of other processes; tests bring their own. */
export interface LockEnvironment extends LockOwner {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  isAlive(pid: number): boolean;
}

export interface LockOptions {
  /** How long to wait while another process holds the lock. */
  readonly waitMs: number;
  /** A lock older than this is left over, whatever is known of its process. */
  readonly staleMs: number;
  readonly signal?: AbortSignal;
  readonly environment?: LockEnvironment;
}

/** A lock that this process holds; to be released. */
export interface FileLock {
  /** False once another process took the lock over, which can happen to one that was suspended. Ask right before writing. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

const POLL_MS = 10;
/** A younger lock that names no owner is being written, on a file system without hard links. */
const UNNAMED_MS = 2_000;
/** Two copies of this module measure start times of their process that differ by less. */
const START_TOLERANCE_MS = 5_000;

const system: LockEnvironment = {
  now: Date.now,
  sleep,
  isAlive,
  pid: process.pid,
  startedMs: Math.round(Date.now() - process.uptime() * 1000),
  host: hostname(),
  pidNamespace: readPidNamespace(),
};

/**
 * Takes the lock file `path`, which one process at a time can hold, also of several machines on one file system. The lock of a
 * process that has ended, or one that is older than `staleMs`, is taken over. Throws `conflict` if it is not free in time,
 * `aborted` by the signal, and errors of the file system as they are.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<FileLock> {
  const { waitMs, staleMs, signal, environment = system } = options;
  const { pid, startedMs, host, pidNamespace } = environment;
  const text = JSON.stringify({ pid, startedMs, host, pidNamespace, id: randomUUID() });
  const contender = { text, staleMs, environment };
  const deadline = environment.now() + waitMs;
  while (!(await tryTake(path, contender))) {
    throwIfAborted(signal);
    if (environment.now() >= deadline) throw heldByAnother(path, await readLock(path), waitMs);
    await environment.sleep(POLL_MS + Math.random() * POLL_MS);
  }
  // What stays harms nobody.
  await removeRemains(path, contender).catch(() => undefined);
  const isHeld = async (): Promise<boolean> => (await readLock(path))?.text === text;
  return {
    isHeld,
    async release() {
      if (await isHeld()) await rm(path, { force: true });
    },
  };
}

interface Contender {
  /** What it writes into the lock; no other has the same. */
  readonly text: string;
  readonly staleMs: number;
  readonly environment: LockEnvironment;
}

async function tryTake(path: string, contender: Contender): Promise<boolean> {
  if (await isLeftOver(path, contender)) await takeOver(path, contender);
  return (await readLock(path)) === undefined && create(path, contender.text);
}

/** Only the holder of a second lock removes the first, after another look at it: none that was made meanwhile is removed. */
async function takeOver(path: string, contender: Contender): Promise<void> {
  const takeover = `${path}.takeover`;
  if (await create(takeover, contender.text)) {
    try {
      if (await isLeftOver(path, contender)) await rm(path, { force: true });
    } finally {
      await rm(takeover, { force: true });
    }
  } else if (await isLeftOver(takeover, contender)) {
    await rm(takeover, { force: true });
  }
}

/** A hard link to a draft that is written before, so that the lock is never seen empty. False if there is a lock. */
async function create(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeFile(draft, text);
    await link(draft, path);
    return true;
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    // Whoever holds the lock took the draft for one left over: its clock may be ahead.
    if (code === 'EEXIST' || (code === 'ENOENT' && syscall === 'link')) return false;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code ?? '')) throw error;
    return createInPlace(path, text);
  } finally {
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** For file systems without hard links. */
async function createInPlace(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes drafts and second locks of processes that were killed. */
async function removeRemains(path: string, contender: Contender): Promise<void> {
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(`${basename(path)}.`));
  for (const file of names.map((name) => join(dirname(path), name))) {
    if (await isLeftOver(file, contender)) await rm(file, { force: true });
  }
}

async function isLeftOver(path: string, { staleMs, environment }: Contender): Promise<boolean> {
  const found = await readLock(path);
  if (found === undefined) return false;
  const { owner, modifiedMs } = found;
  const ageMs = environment.now() - modifiedMs;
  if (owner === undefined) return ageMs > UNNAMED_MS;
  if (ageMs > staleMs) return true;
  if (owner.host !== environment.host) return false;
  if ((owner.pidNamespace ?? environment.pidNamespace) !== environment.pidNamespace) return false;
  if (owner.pid !== environment.pid) return !environment.isAlive(owner.pid);
  return Math.abs(owner.startedMs - environment.startedMs) > START_TOLERANCE_MS;
}

interface FoundLock {
  readonly text: string;
  readonly modifiedMs: number;
  readonly owner: LockOwner | undefined;
}

async function readLock(path: string): Promise<FoundLock | undefined> {
  try {
    const [text, { mtimeMs }] = [await readFile(path, 'utf8'), await stat(path)];
    return { text, modifiedMs: mtimeMs, owner: parseOwner(text) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseOwner(text: string): LockOwner | undefined {
  const form = /^\{"pid":(\d+),"startedMs":(\d+),"host":"([^"\\]*)"(?:,"pidNamespace":"([^"\\]*)")?,"id":"[\w-]+"\}$/;
  const [, pid, startedMs, host, pidNamespace] = form.exec(text) ?? [];
  if (host === undefined) return undefined;
  return { pid: Number(pid), startedMs: Number(startedMs), host, pidNamespace };
}

function heldByAnother(path: string, found: FoundLock | undefined, waitMs: number): OciError {
  const by = found?.owner === undefined ? 'someone' : `process ${found.owner.pid} on ${found.owner.host}`;
  return new OciError('conflict', `${path}: expected it to be free within ${waitMs / 1000} s; it is held by ${by}`, {
    hint: `Wait until that run has ended; if there is none, remove ${path}.`,
  });
}

function readPidNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
