import type { Stats } from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { type DockerIgnore, parseDockerIgnore } from '@image-versions/oci';
import { ImageVersionsError } from '../../errors.js';
import { type FileEntry, type Files, joinPath } from './files.js';

/**
 * The files of a build context that `<Dockerfile>.dockerignore`, or else its own `.dockerignore`, leaves in it; with owner 0:0 and
 * the modes that a checkout has on every machine: 0755 for folders and what can be executed, 0644 for all else.
 */
export async function openContextFiles(folder: string, dockerfile: string): Promise<Files> {
  if (!(await lstat(folder).catch(() => undefined))?.isDirectory()) {
    throw new ImageVersionsError('invalid', `The build context ${folder} is not a folder`, {
      hint: 'Set the option context, from the workspace root.',
    });
  }
  const own = await readOptional(join(dirname(dockerfile), `${basename(dockerfile)}.dockerignore`));
  const text = own ?? (await readOptional(join(folder, '.dockerignore'))) ?? '';
  const name = own === undefined ? '.dockerignore' : `${basename(dockerfile)}.dockerignore`;
  return new ContextFiles(folder, parseDockerIgnore(text, name));
}

class ContextFiles implements Files {
  readonly #folder: string;
  readonly #ignore: DockerIgnore;

  constructor(folder: string, ignore: DockerIgnore) {
    this.#folder = folder;
    this.#ignore = ignore;
  }

  async get(path: string): Promise<FileEntry | undefined> {
    const place = join(this.#folder, path);
    const stats = await lstat(place).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return undefined;
      throw unreadable(path, cause);
    });
    if (stats === undefined || (path !== '' && !(await this.#isKept(path, stats)))) return undefined;
    return entryOf(place, path, stats);
  }

  async list(directory: string): Promise<readonly string[]> {
    const names = await readdir(join(this.#folder, directory)).catch((cause: Error) => {
      throw unreadable(directory, cause);
    });
    const kept: string[] = [];
    for (const name of names.sort()) {
      const path = joinPath(directory, name);
      if ((await this.get(path)) !== undefined) kept.push(name);
      // Node puts this character for bytes that are not UTF-8, and by such a name there is no file.
      else if (name.includes('\uFFFD') && !this.#ignore.ignores(path)) throw misnamed(path);
    }
    return kept;
  }

  /** An ignored folder is there once something in it is taken back in. */
  async #isKept(path: string, stats: Stats): Promise<boolean> {
    if (stats.isSocket()) return false;
    if (!this.#ignore.ignores(path)) return true;
    if (!stats.isDirectory() || !this.#ignore.mayHoldKept(path)) return false;
    return (await this.list(path)).length > 0;
  }
}

async function entryOf(place: string, path: string, stats: Stats): Promise<FileEntry> {
  const owner = { uid: 0, gid: 0 };
  if (stats.isDirectory()) return { type: 'directory', mode: 0o755, ...owner, size: 0 };
  if (stats.isSymbolicLink()) {
    const linkTarget = (await readlink(place)).split(sep).join('/');
    return { type: 'symlink', mode: 0o777, ...owner, size: 0, linkTarget };
  }
  if (stats.isFile()) {
    const mode = stats.mode & 0o111 ? 0o755 : 0o644;
    return { type: 'file', mode, ...owner, size: stats.size, content: { kind: 'disk', path: place } };
  }
  throw new ImageVersionsError('invalid', `The build context has ${path}, which is neither file, folder nor link`, {
    hint: 'Leave it out in .dockerignore.',
  });
}

const readOptional = (file: string) => readFile(file, 'utf8').catch(() => undefined);

function misnamed(path: string): ImageVersionsError {
  return new ImageVersionsError('invalid', `The build context has ${path}, whose name is not UTF-8`, {
    hint: 'Rename it, or leave it out in .dockerignore.',
  });
}

function unreadable(path: string, cause: Error): ImageVersionsError {
  return new ImageVersionsError(
    'invalid',
    `The build context has ${path || 'a folder'} that can't be read: ${cause.message}`,
    {
      hint: 'Leave it out in .dockerignore, or make it readable.',
      cause,
    },
  );
}
