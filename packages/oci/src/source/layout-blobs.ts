import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { untilAborted } from '../content/abort.js';
import type { BlobDescriptor, Digest } from '../content/descriptor.js';
import { parseDigest } from '../content/digest.js';
import { verifiedStream } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import { blobPath } from './layout-format.js';
import { lazyFile } from './lazy-file.js';

/** What is being written lies here, on the same file system, under names that are no blob's. */
const DRAFTS = '.drafts';
const DRAFT_LIFE_MS = 24 * 60 * 60 * 1000;

/** Where a layout in this folder has a blob. The digest is checked, so the path stays inside. */
export function blobFile(folder: string, digest: Digest): string {
  return join(folder, blobPath(parseDigest(digest)));
}

/** The size of a file in bytes; `undefined` if there is none. */
export async function fileSize(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : undefined;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Streams a blob of a layout, checked. Throws `not-found` at once, `mismatch` while streaming, `aborted`. */
export async function readBlob(
  folder: string,
  descriptor: BlobDescriptor,
  name: string,
  signal: AbortSignal | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  const path = blobFile(folder, descriptor.digest);
  if ((await fileSize(path)) === undefined) {
    throw new OciError('not-found', `${name}: has no blob ${descriptor.digest}`, {
      facts: { digest: descriptor.digest },
    });
  }
  return verifiedStream(untilAborted(lazyFile(path), signal), descriptor, `${name}: blob ${descriptor.digest}`);
}

/** Writes a blob: beside its place, checked, then moved there. Several processes may write the same one at once. */
export async function writeBlob(
  folder: string,
  descriptor: BlobDescriptor,
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): Promise<void> {
  const path = blobFile(folder, descriptor.digest);
  await mkdir(join(path, '..'), { recursive: true });
  await draft(folder, path, async (at) => {
    const file = await open(at, 'wx');
    try {
      for await (const chunk of verifiedStream(bytes, descriptor, `${name}: blob ${descriptor.digest}`)) {
        await file.writeFile(chunk);
      }
    } finally {
      await file.close();
    }
  });
}

/** Replaces a file as a whole; it is on the disk before it has its name. */
export async function replaceFile(folder: string, path: string, bytes: Uint8Array): Promise<void> {
  await draft(folder, path, async (at) => {
    const file = await open(at, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  });
}

/** Takes a blob over from another layout, without copying where both are on one file system. False if it is not there. */
export async function linkBlob(from: string, folder: string, descriptor: BlobDescriptor): Promise<boolean> {
  const source = blobFile(from, descriptor.digest);
  if ((await fileSize(source)) !== descriptor.size) return false;
  const path = blobFile(folder, descriptor.digest);
  await mkdir(join(path, '..'), { recursive: true });
  await draft(folder, path, (at) => link(source, at).catch(() => copyFile(source, at)));
  return true;
}

async function draft(folder: string, path: string, write: (at: string) => Promise<void>): Promise<void> {
  await mkdir(join(folder, DRAFTS), { recursive: true });
  const at = join(folder, DRAFTS, randomUUID());
  try {
    await write(at);
    await rename(at, path);
  } finally {
    await rm(at, { force: true });
  }
}

/** The lock of `index.json`; its folder is made if need be. */
export async function lockPath(folder: string): Promise<string> {
  await mkdir(join(folder, DRAFTS), { recursive: true });
  return join(folder, DRAFTS, 'index.json.lock');
}

/** Removes what writers that were killed have left: drafts of more than a day. */
export async function removeOldDrafts(folder: string): Promise<void> {
  const names = await readdir(join(folder, DRAFTS)).catch(() => []);
  for (const name of names) {
    const path = join(folder, DRAFTS, name);
    const { mtimeMs = Date.now() } = (await stat(path).catch(() => undefined)) ?? {};
    if (Date.now() - mtimeMs > DRAFT_LIFE_MS) await rm(path, { force: true });
  }
}
