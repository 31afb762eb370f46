import { randomUUID } from 'node:crypto';
import { link, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { OciError } from '../errors.js';

export interface FolderLockOptions {
  /** How long to wait for other writers; default 60 s. */
  readonly waitMs?: number;
  readonly signal?: AbortSignal;
}

const POLL_MS = 10;
/** Age from which a lock is left over, whoever holds it: it is held for milliseconds. */
const STALE_MS = 60_000;

/**
 * Runs `work` while no other process does so with the same lock file. A lock of a process that has ended (on this machine and in
 * this process namespace), or of a minute ago, is taken over. `work` is given a check to be called right before its last
 * step, which throws `conflict` if the lock was lost meanwhile (a process that was suspended).
 * Throws `conflict` if the lock is not free in time, `aborted` by the signal.
 */
export async function withFolderLock<T>(
  path: string,
  work: (assertHeld: () => Promise<void>) => Promise<T>,
  { waitMs = 60_000, signal }: FolderLockOptions = {},
): Promise<T> {
  const owner = `${process.pid} ${await namespace()} ${randomUUID()}`;
  const deadline = Date.now() + waitMs;
  while (!(await create(path, owner))) {
    if (signal?.aborted) throw new OciError('aborted', `Stopped waiting for ${path}.`, { cause: signal.reason });
    if (await isLeftOver(path)) {
      // Only who holds the second lock may remove the first, so that none removes one that was made meanwhile.
      const takeover = `${path}.takeover`;
      if (await create(takeover, owner)) {
        try {
          if (await isLeftOver(path)) await rm(path, { force: true });
        } finally {
          await rm(takeover, { force: true });
        }
      } else if (await isLeftOver(takeover)) {
        await rm(takeover, { force: true });
      }
      continue;
    }
    if (Date.now() > deadline) {
      throw new OciError('conflict', `${path}: expected the lock to be free within ${waitMs / 1000} s`, {
        hint: `Another process writes there. If there is none, remove ${path}.`,
      });
    }
    await sleep(POLL_MS + Math.random() * POLL_MS);
  }
  const isHeld = async (): Promise<boolean> => (await readOwner(path)) === owner;
  try {
    return await work(async () => {
      if (await isHeld()) return;
      throw new OciError('conflict', `${path}: the lock was taken over by another process`, { hint: 'Try again.' });
    });
  } finally {
    if (await isHeld()) await rm(path, { force: true });
  }
}

/** A link to a file that is written already: the lock is never seen empty. */
async function create(path: string, owner: string): Promise<boolean> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, owner);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes(code ?? '')) throw error;
    return createInPlace(path, owner);
  } finally {
    await rm(draft, { force: true });
  }
}

/** For file systems without links. */
async function createInPlace(path: string, owner: string): Promise<boolean> {
  try {
    await writeFile(path, owner, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function isLeftOver(path: string): Promise<boolean> {
  const owner = await readOwner(path);
  const { mtimeMs } = (await stat(path).catch(() => undefined)) ?? {};
  if (owner === undefined || mtimeMs === undefined) return false;
  if (Date.now() - mtimeMs > STALE_MS) return true;
  const [pid, home] = owner.split(' ');
  return Number(pid) > 0 && home === (await namespace()) && !isAlive(Number(pid));
}

async function readOwner(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** Where process numbers mean the same: a machine, and a container on it. */
async function namespace(): Promise<string> {
  const processes = await readlink('/proc/self/ns/pid').catch(() => '');
  return encodeURIComponent(`${hostname()}/${processes}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
