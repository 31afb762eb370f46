import type { FileHandle } from 'node:fs/promises';
import { posix } from 'node:path';
import { TarScanner } from '../archive/tar-scanner.js';
import { throwIfAborted } from '../content/abort.js';
import { readAll } from '../content/read-all.js';
import { OciError } from '../errors.js';
import { openPlainTar, readRange } from './plain-tar.js';

/** The files in an archive, by their paths; nothing is unpacked. */
export interface ArchiveFiles {
  has(path: string): boolean;
  /** Streams a file; links inside of the archive are followed. Throws `invalid` for what is not there or leads outside. */
  stream(path: string): AsyncIterable<Uint8Array>;
  /** A whole file. Throws `limit` before reading one of more bytes. */
  read(path: string, limitBytes: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface ArchivedFile {
  readonly offset: number | undefined;
  readonly size: number;
  /** Path in the archive of what this is a link to. */
  readonly target: string | undefined;
}

const HEADER_CHUNK_BYTES = 32 * 1024;
const MAX_ENTRIES = 200_000;
const MAX_LINKS = 8;
/** Linux's PATH_MAX; nothing that is looked for has a longer path. */
const MAX_PATH_LENGTH = 4096;
/** Characters of all paths and link targets together. */
const MAX_PATHS_LENGTH = 32_000_000;

/**
 * Opens an archive; only its headers are read. It has to be readable at any place (`openPlainTar`), since the manifests of an archive
 * come after what they name, and layers are read by their place. `name` is for messages.
 */
export async function openArchiveFiles(
  source: string | AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ArchiveFiles> {
  const handle = await openPlainTar(source, name, signal);
  try {
    const files = await indexTar(handle, name, signal);
    return archiveFiles(handle, files, name);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads the headers alone. A later entry of the same path replaces an earlier one, as when it is unpacked. */
async function indexTar(
  handle: FileHandle,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Map<string, ArchivedFile>> {
  const { size: end } = await handle.stat();
  const files = new Map<string, ArchivedFile>();
  const scanner = new TarScanner({ maxEntries: MAX_ENTRIES });
  let pathsLength = 0;
  let at = 0;
  for (;;) {
    throwIfAborted(signal);
    for (let event = scanner.next(); event !== 'need'; event = scanner.next()) {
      if (event === 'entry') pathsLength += addFile(files, scanner);
    }
    if (pathsLength > MAX_PATHS_LENGTH) {
      throw new OciError('limit', `${name}: its paths have more than ${MAX_PATHS_LENGTH} characters together`);
    }
    const skipped = Math.min(scanner.skippable, end - at);
    scanner.skip(skipped);
    at += skipped;
    if (scanner.isDone || at === end) break;
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(HEADER_CHUNK_BYTES), 0, HEADER_CHUNK_BYTES, at);
    if (bytesRead === 0) throw new OciError('invalid', `${name}: the archive became shorter while it was read`);
    scanner.push(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  scanner.end();
  return files;
}

/** Lists the entry; gives the characters that this takes. */
function addFile(files: Map<string, ArchivedFile>, scanner: TarScanner): number {
  const { path: written, type, linkPath, offset, size } = scanner.header;
  scanner.skipContent();
  const isFile = type === 'file';
  if (!isFile && type !== 'symlink' && type !== 'hardlink') return 0;
  if (written.length > MAX_PATH_LENGTH || linkPath.length > MAX_PATH_LENGTH) return 0;
  const path = insidePath(written);
  if (path === undefined) return 0;
  const target = type === 'symlink' ? posix.join(posix.dirname(path), linkPath) : linkPath;
  files.set(path, isFile ? { offset, size, target: undefined } : { offset: undefined, size: 0, target });
  return written.length + linkPath.length;
}

/** The path as files are listed; `undefined` for one that leads out of the archive. */
function insidePath(path: string): string | undefined {
  const normal = posix.normalize(path).replace(/^\/+|\/+$/g, '');
  return normal === '..' || normal.startsWith('../') || path.startsWith('/') ? undefined : normal;
}

function archiveFiles(handle: FileHandle, files: ReadonlyMap<string, ArchivedFile>, name: string): ArchiveFiles {
  const find = (written: string): { readonly offset: number; readonly size: number } => {
    const shown = JSON.stringify(written.slice(0, 300));
    let file: ArchivedFile | undefined;
    let path = insidePath(written);
    for (let links = 0; path !== undefined && links <= MAX_LINKS; links += 1) {
      file = files.get(path);
      if (file === undefined) throw new OciError('invalid', `${name}: a manifest names ${shown}, which is not in it`);
      if (file.target === undefined) break;
      path = insidePath(file.target);
    }
    if (file === undefined || file.target !== undefined) {
      throw new OciError('invalid', `${name}: the path ${shown} leads out of the archive or in a circle`);
    }
    if (file.offset !== undefined) return { offset: file.offset, size: file.size };
    throw new OciError('unsupported', `${name}: ${shown} is stored as a sparse file`);
  };
  return {
    has: (path) => files.has(path),
    stream(path) {
      const { offset, size } = find(path);
      return readRange(handle, offset, size);
    },
    async read(path, limitBytes) {
      const { offset, size } = find(path);
      const what = `${name}: ${JSON.stringify(path.slice(0, 300))}`;
      if (size > limitBytes)
        throw new OciError('limit', `${what}: ${size} bytes, more than the ${limitBytes} that are read`);
      return readAll(readRange(handle, offset, size), limitBytes, what);
    },
    close: () => handle.close(),
  };
}
