import type { Source } from './copy-sources.js';
import { InstructionError } from './dockerfile-error.js';
import { baseName, cleanPath, type FileEntry, followLinks, joinPath, parentPath } from './files.js';
import type { Owner } from './ownership.js';
import type { LayerChanges } from './stage-files.js';

export interface CopyOptions {
  /** Default: as the source has it; 0:0 for the build context. */
  readonly owner: Owner | undefined;
  /** Permission bits, for all that is copied. Default: as the source has them. */
  readonly mode: number | undefined;
}

/** Where COPY and ADD put what they copy. */
export interface Destination {
  /** Absolute in the image. */
  readonly path: string;
  /** Written with a trailing slash, or as `.`: what is copied goes into it. */
  readonly isDirectory: boolean;
}

/**
 * Copies one source, as BuildKit does (fsutil, copy): of a directory what is in it. Throws `InstructionError` where a directory would
 * replace something else or something else a directory.
 */
export async function copySource(
  source: Source,
  destination: Destination,
  changes: LayerChanges,
  options: CopyOptions,
): Promise<void> {
  const { files } = changes;
  const written = cleanPath(destination.path);
  const parent = destination.isDirectory ? written : parentPath(written);
  makeDirectories(changes, await followLinks(files, parent), options.owner);
  let target = await followLinks(files, written);
  if (source.entry.type === 'directory') makeDirectories(changes, target, options.owner);
  else if (files.at(target)?.type === 'directory') target = joinPath(target, source.name);
  await copyEntry(source, target, changes, options, true);
}

/** Makes those directories of a path that are not there, as root's or `owner`'s with mode 0755. No part of it is a link. */
export function makeDirectories(changes: LayerChanges, path: string, owner: Owner = { uid: 0, gid: 0 }): void {
  const there = changes.files.at(path);
  if (there?.type === 'directory') return;
  if (there !== undefined) throw new InstructionError(`/${path} is a ${there.type} in the image, expected a directory`);
  makeDirectories(changes, parentPath(path), owner);
  changes.put(path, { type: 'directory', mode: 0o755, ...owner, size: 0 });
}

async function copyEntry(
  { files, path, entry }: Pick<Source, 'files' | 'path' | 'entry'>,
  target: string,
  changes: LayerChanges,
  options: CopyOptions,
  isTop: boolean,
): Promise<void> {
  const there = changes.files.at(target);
  if (baseName(target).startsWith('.wh.')) {
    throw new InstructionError(`${baseName(target)}: a name with .wh. means in a layer that a file is gone`);
  }
  if (entry.type !== 'directory') {
    if (there?.type === 'directory') {
      throw new InstructionError(`/${target} is a directory in the image and can't be replaced by a ${entry.type}`);
    }
    changes.put(target, withOptions(entry, options));
    return;
  }
  if (there !== undefined && there.type !== 'directory') {
    throw new InstructionError(`/${target} is a ${there.type} in the image and can't be replaced by a directory`);
  }
  // What the copy goes into keeps its own attributes.
  if (!isTop) changes.put(target, withOptions(entry, options));
  for (const name of await files.list(path)) {
    const inside = joinPath(path, name);
    const child = await files.get(inside);
    if (child) await copyEntry({ files, path: inside, entry: child }, joinPath(target, name), changes, options, false);
  }
}

function withOptions(entry: FileEntry, { owner, mode }: CopyOptions): FileEntry {
  return {
    ...entry,
    ...owner,
    ...(mode !== undefined && entry.type !== 'symlink' && { mode: (entry.mode & ~0o777) | (mode & 0o777) }),
  };
}
