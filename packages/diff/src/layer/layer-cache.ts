import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { type Digest, isDigest } from '@image-versions/oci';
import pLimit from 'p-limit';
import type { LayerEntry, LayerIndex } from './entry.js';

/** Keeps layer indexes by diffId. A cache never fails: what it can't read it has not, what it can't write is made anew next time. */
export interface LayerCache {
  read(diffId: Digest): Promise<LayerIndex | undefined>;
  write(index: LayerIndex): Promise<void>;
}

/** Changes with the form of the files, and with what `indexLayer` makes of a layer. */
const FORMAT_VERSION = 3;

/** The folder is kept at about this size; what was not used longest goes first. */
const MAX_FOLDER_BYTES = 2 * 1024 ** 3;
/** Of one index as text. */
const MAX_FILE_LENGTH = 1024 ** 3;
const PRUNE_EVERY_MS = 24 * 60 * 60 * 1000;

/** Entries that are turned into text at once: a whole index as one text would be as large as the index. */
const BATCH_ENTRIES = 1000;

/** Process-wide, since two images are read at once. */
const oneWriter = pLimit(1);

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
        const index = parse(await readLines(file), diffId);
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
        await oneWriter(() => pipeline(textOf(index), createGzip({ level: 1 }), createWriteStream(draft)));
        await rename(draft, file);
        await pruneSometimes(folder, now());
      } catch {
        await rm(draft, { force: true }).catch(() => undefined);
      }
    },
  };
}

/** What is on the first line: all but the entries, which follow in batches, a line each. */
type Head = Omit<LayerIndex, 'entries'> & { readonly entryCount: number };

function* textOf({ entries, ...rest }: LayerIndex): Generator<string> {
  yield `${JSON.stringify({ ...rest, entryCount: entries.length } satisfies Head)}\n`;
  for (let at = 0; at < entries.length; at += BATCH_ENTRIES) {
    yield `${JSON.stringify(entries.slice(at, at + BATCH_ENTRIES))}\n`;
  }
}

/** The values of all lines. A file that is not whole fails gunzip's checksum. */
async function readLines(file: string): Promise<unknown[]> {
  const values: unknown[] = [];
  let rest = '';
  let length = 0;
  const unzipped = createGunzip();
  unzipped.setEncoding('utf8');
  await pipeline(createReadStream(file), unzipped, async (texts: AsyncIterable<string>) => {
    for await (const text of texts) {
      length += text.length;
      if (length > MAX_FILE_LENGTH) throw new RangeError(`more than ${MAX_FILE_LENGTH} characters`);
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) values.push(JSON.parse(line));
    }
  });
  return values;
}

/** Looks for what was written by something else. */
function parse([first, ...batches]: readonly unknown[], diffId: Digest): LayerIndex | undefined {
  const { entryCount, ...head } = (first ?? {}) as Partial<Head>;
  const entries = (batches as Partial<LayerEntry>[][]).flat();
  const isWhole =
    head.diffId === diffId &&
    typeof head.sizeBytes === 'number' &&
    Array.isArray(head.whiteouts) &&
    Array.isArray(head.opaque) &&
    entries.length === entryCount &&
    entries.every(isEntry);
  return isWhole ? ({ ...head, entries } as LayerIndex) : undefined;
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
