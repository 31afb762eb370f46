import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type Digest, isDigest } from '@image-versions/oci';
import type { LayerEntry, LayerIndex } from './entry.js';

/** Keeps layer indexes by diffId. A cache never fails: what it can't read it has not, what it can't write is made anew next time. */
export interface LayerCache {
  read(diffId: Digest): Promise<LayerIndex | undefined>;
  write(index: LayerIndex): Promise<void>;
}

/** Changes with the form of the files, and with what `indexLayer` makes of a layer. */
const FORMAT_VERSION = 2;

/** The folder is kept at about this size; what was not used longest goes first. */
const MAX_FOLDER_BYTES = 2 * 1024 ** 3;
const MAX_FILE_BYTES = 1024 ** 3;
const PRUNE_EVERY_MS = 24 * 60 * 60 * 1000;

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** `IMAGE_VERSIONS_CACHE_DIR`, else `image-versions/layers` in the user's cache folder (XDG base directory specification). */
export function defaultLayerCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.IMAGE_VERSIONS_CACHE_DIR) return env.IMAGE_VERSIONS_CACHE_DIR;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'image-versions', 'layers');
}

/**
 * A cache in a folder that processes may share: a file is whole or not there, and one of other inspectors (`version`) is another
 * file. `now` is given by tests.
 */
export function openLayerCache(folder: string, version: string, now: () => number = Date.now): LayerCache {
  const fileOf = (diffId: Digest) => join(folder, `${diffId.replace(':', '-')}.${version}.v${FORMAT_VERSION}.gz`);
  return {
    async read(diffId) {
      if (!isDigest(diffId)) return undefined;
      const file = fileOf(diffId);
      try {
        const bytes = await unzip(await readFile(file), { maxOutputLength: MAX_FILE_BYTES });
        const index = parse(bytes.toString('utf8'), diffId);
        await utimes(file, now() / 1000, now() / 1000).catch(() => undefined);
        return index;
      } catch {
        return undefined;
      }
    },
    async write(index) {
      if (!isDigest(index.diffId)) return;
      const file = fileOf(index.diffId);
      const draft = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(draft, await zip(JSON.stringify(index), { level: 1 }));
        await rename(draft, file);
        await pruneSometimes(folder, now());
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** A file that is not whole fails gunzip's checksum; this looks for one that was written by something else. */
function parse(text: string, diffId: Digest): LayerIndex | undefined {
  const index = JSON.parse(text) as Partial<LayerIndex>;
  const isWhole =
    index.diffId === diffId &&
    typeof index.sizeBytes === 'number' &&
    Array.isArray(index.entries) &&
    Array.isArray(index.whiteouts) &&
    Array.isArray(index.opaque) &&
    index.entries.every(isEntry);
  return isWhole ? (index as LayerIndex) : undefined;
}

function isEntry(entry: Partial<LayerEntry> | null): boolean {
  return (
    typeof entry?.path === 'string' &&
    typeof entry.type === 'string' &&
    [entry.mode, entry.uid, entry.gid, entry.size].every((number) => typeof number === 'number') &&
    (entry.type !== 'file' || isDigest(entry.digest))
  );
}

/** Once a day and folder: what was used longest ago goes until the folder is small enough, and drafts of killed processes. */
async function pruneSometimes(folder: string, now: number): Promise<void> {
  const mark = join(folder, 'pruned');
  const last = await stat(mark).catch(() => undefined);
  if (last !== undefined && now - last.mtimeMs < PRUNE_EVERY_MS) return;
  await writeFile(mark, '');
  await utimes(mark, now / 1000, now / 1000);
  await prune(folder, now, MAX_FOLDER_BYTES);
}

/** Removes least recently used indexes of `folder` until the rest has at most `maxBytes`. */
export async function prune(folder: string, now: number, maxBytes: number): Promise<void> {
  const files: { path: string; size: number; mtimeMs: number }[] = [];
  for (const name of await readdir(folder)) {
    if (!/\.v\d+\.gz(?:\.\S+\.tmp)?$/.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found === undefined) continue;
    if (!name.endsWith('.tmp')) files.push({ path, size: found.size, mtimeMs: found.mtimeMs });
    else if (now - found.mtimeMs > PRUNE_EVERY_MS) await rm(path, { force: true });
  }
  let total = files.reduce((sum, { size }) => sum + size, 0);
  for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= maxBytes) return;
    await rm(path, { force: true });
    total -= size;
  }
}
