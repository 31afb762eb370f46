import { open } from 'node:fs/promises';
import { decompress, isOciError, readTar, type TarEntry } from '@image-versions/oci';
import { makeDirectories } from './copy.js';
import { InstructionError } from './dockerfile-error.js';
import { baseName, cleanPath, type FileEntry, followLinks, joinPath, parentPath } from './files.js';
import type { Owner } from './ownership.js';
import type { Spool } from './spool.js';
import type { LayerChanges } from './stage-files.js';

/**
 * Whether ADD unpacks a file of the build context: a tar, plain or compressed with gzip or zstd. Throws `InstructionError` for what is
 * compressed in another way, since what is in it can't be told.
 */
export async function isArchive(path: string): Promise<boolean> {
  try {
    for await (const _entry of readTar(decompress(readFile(path)))) return true;
    return false;
  } catch (error) {
    if (isOciError(error, 'unsupported')) throw new InstructionError(error.message);
    if (isOciError(error, 'invalid', 'limit')) return false;
    throw error;
  }
}

/**
 * Unpacks an archive into a directory of the image, owners, modes and times as the archive has them. Links that the archive or the
 * image has on the way are followed, and never out of that directory. Throws `InstructionError` for names that leave it or that mean
 * something else in a layer.
 */
export async function unpackArchive(
  path: string,
  destination: string,
  changes: LayerChanges,
  options: { readonly owner: Owner | undefined; readonly spool: Spool },
): Promise<void> {
  const root = await followLinks(changes.files, cleanPath(destination));
  makeDirectories(changes, root, options.owner);
  for await (const entry of readTar(decompress(readFile(path)))) {
    const name = nameOf(entry.path);
    if (name === '') continue;
    const parent = await followLinks(changes.files, parentPath(name), root);
    makeDirectories(changes, parent);
    const target = joinPath(parent, baseName(name));
    changes.put(
      target,
      entry.type === 'hardlink' ? await link(entry, changes, root) : await entryOf(entry, options.spool),
    );
  }
}

function nameOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    throw new InstructionError(`the archive has ${JSON.stringify(path)}, which leaves its folder`);
  if (path.includes('\0'))
    throw new InstructionError(`the archive has a name that is not UTF-8: ${JSON.stringify(path)}`);
  const marker = parts.find((part) => part.startsWith('.wh.'));
  if (marker !== undefined) {
    throw new InstructionError(
      `the archive has ${JSON.stringify(path)}: a name with .wh. means in a layer that a file is gone`,
    );
  }
  return parts.join('/');
}

async function entryOf(entry: TarEntry, spool: Spool): Promise<FileEntry> {
  const { type, size, mtime } = entry;
  const common = { ...attributesOf(entry), mtime, size: 0 };
  if (type === 'hardlink') throw new InstructionError('a hard link has no content');
  if (type === 'file') return { ...common, type, size, content: await spool.add(entry.content) };
  if (type === 'symlink') return { ...common, type, linkTarget: entry.linkPath };
  const device = { major: entry.devMajor, minor: entry.devMinor };
  return { ...common, type, ...((type === 'char-device' || type === 'block-device') && { device }) };
}

/** Another name of a file: what the archive says of mode and owner counts for both, since they are one. */
async function link(entry: TarEntry, changes: LayerChanges, root: string): Promise<FileEntry> {
  const name = nameOf(entry.linkPath);
  const path = joinPath(await followLinks(changes.files, parentPath(name), root), baseName(name));
  const linked = changes.files.at(path);
  if (linked === undefined || linked.type === 'directory') {
    throw new InstructionError(`the archive has a hard link ${JSON.stringify(entry.path)} to nothing`);
  }
  const both = { ...linked, ...attributesOf(entry) };
  changes.put(path, both);
  return both;
}

function attributesOf({ mode, uid, gid, xattrs }: TarEntry): Pick<FileEntry, 'mode' | 'uid' | 'gid' | 'xattrs'> {
  return { mode, uid, gid, ...(xattrs.size > 0 && { xattrs: hexOf(xattrs) }) };
}

function hexOf(xattrs: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...xattrs].map(([name, value]) => [name, Buffer.from(value).toString('hex')]));
}

async function* readFile(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path);
  yield* file.createReadStream({ highWaterMark: 256 * 1024 }) as AsyncIterable<Uint8Array>;
}
