import { randomBytes } from 'node:crypto';
import { chmod, chown, lstat, mkdir, open, readdir, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ImageVersionsError } from '../errors.js';

/** New content of one file. */
export interface Replacement {
  readonly path: string;
  readonly content: Uint8Array;
}

/**
 * Replaces files one after the other, each at once: a reader, also after a crash, sees the old or the new one whole. All contents
 * are on the disk before the first file is replaced, so that a full disk changes none. Mode, owner and symbolic links are kept.
 * Own code, since write-file-atomic 7 takes a short write, as on a full disk, for a whole one. Error `environment`.
 */
export async function replaceFiles(replacements: readonly Replacement[]): Promise<void> {
  const prepared: { readonly path: string; readonly target: string; readonly temporary: string }[] = [];
  let path = '';
  try {
    for (const replacement of replacements) {
      path = replacement.path;
      const target = await linkTarget(path);
      const temporary = join(
        dirname(target),
        `${temporaryPrefix(target)}${process.pid}.${randomBytes(6).toString('hex')}`,
      );
      prepared.push({ path, target, temporary });
      await writeTemporary(temporary, target, replacement.content);
    }
    for (const file of prepared) {
      path = file.path;
      await rename(file.temporary, file.target);
    }
  } catch (cause) {
    await Promise.all(prepared.map(({ temporary }) => rm(temporary, { force: true }).catch(() => undefined)));
    throw writeError(path, cause);
  }
  for (const folder of new Set(prepared.map(({ target }) => dirname(target)))) await syncFolder(folder);
}

/** Removes what runs that were killed left beside `path`. Only for one who holds the lock: no other run writes then. */
export async function removeLeftovers(path: string): Promise<void> {
  const target = await linkTarget(path);
  const names = await readdir(dirname(target)).catch(() => []);
  const left = names.filter((name) => name.startsWith(temporaryPrefix(target)));
  await Promise.all(left.map((name) => rm(join(dirname(target), name), { force: true }).catch(() => undefined)));
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.tmp-`;
}

async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const stats = await lstat(path).catch(() => undefined);
    return stats?.isSymbolicLink() === true ? resolve(dirname(path), await readlink(path)) : resolve(path);
  }
}

async function writeTemporary(temporary: string, target: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const old = await stat(target).catch(() => undefined);
  const file = await open(temporary, 'wx', old === undefined ? 0o666 : 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  if (old === undefined) return;
  // Another owner can be given by root only; the mode is what matters to everyone else.
  await chown(temporary, old.uid, old.gid).catch(() => undefined);
  await chmod(temporary, old.mode & 0o7777);
}

/** So that the new name survives a power cut; not every system can. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function writeError(path: string, cause: unknown): ImageVersionsError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const hints: Readonly<Record<string, string>> = {
    ENOSPC: 'Make room on the disk and run it again: what was published is found and not pushed twice.',
    EDQUOT: 'Make room in the quota and run it again: what was published is found and not pushed twice.',
    EACCES: 'Allow this user to write to the folder, and run it again.',
    EPERM: 'Allow this user to write to the folder, and run it again.',
    EROFS: 'The file system is read-only: mount it writable, or use --dryRun.',
  };
  return new ImageVersionsError('environment', `Write ${path}: ${message ?? String(cause)}; the file is as it was`, {
    hint: code === undefined ? undefined : hints[code],
    cause,
  });
}
