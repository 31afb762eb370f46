import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decompress, isCompressed } from '../archive/decompress.js';
import { untilAborted } from '../content/abort.js';
import { OciError } from '../errors.js';

const CHUNK_BYTES = 256 * 1024;
/** More than any real image unpacks to; a bomb ends here. */
const SPOOL_LIMIT_BYTES = 128 * 1024 ** 3;

/**
 * Opens an archive as a plain tar that can be read at any place. What is compressed or no regular file (standard input, a pipe) is
 * spooled, unpacked, to a temporary file, which is gone once the handle is closed and also when the process is killed.
 */
export async function openPlainTar(
  source: string | AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<FileHandle> {
  return typeof source === 'string' ? openFile(source, name, signal) : spool(source, name, signal);
}

async function openFile(path: string, name: string, signal: AbortSignal | undefined): Promise<FileHandle> {
  const handle = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') throw new OciError('not-found', `${name}: there is no file ${path}`, { cause: error });
    throw new OciError('invalid', `${name}: ${error.message}`, { cause: error });
  });
  try {
    const found = await handle.stat();
    if (found.isDirectory()) {
      throw new OciError('invalid', `${name}: expected an archive, found a folder`, {
        hint: `A folder with an OCI image layout is named oci:${path}`,
      });
    }
    if (found.isFile() && !isCompressed(await readHead(handle))) return handle;
    const spooled = await spool(found.isFile() ? readRange(handle, 0, found.size) : readOn(handle), name, signal);
    await handle.close();
    return spooled;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readHead(handle: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
  return buffer.subarray(0, bytesRead);
}

async function spool(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  signal: AbortSignal | undefined,
): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), 'image-archive-'));
  const path = join(folder, 'archive.tar');
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'wx+', 0o600);
    for await (const chunk of decompress(untilAborted(stream, signal), { maxBytes: SPOOL_LIMIT_BYTES })) {
      await handle.writeFile(chunk);
    }
    return handle;
  } catch (error) {
    await handle?.close();
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    throw new OciError('limit', `${name}: no room in ${tmpdir()} for the unpacked archive`, {
      hint: 'Name a folder with more room in TMPDIR, or unpack the archive first: a plain .tar is read in place.',
      cause: error,
    });
  } finally {
    // The open file stays readable until it is closed.
    await rm(folder, { recursive: true, force: true });
  }
}

async function* readOn(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** Some bytes of a file. */
export async function* readRange(
  handle: FileHandle,
  offset: number,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = offset; at < offset + size; ) {
    const wanted = Math.min(CHUNK_BYTES, offset + size - at);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
    if (bytesRead === 0) throw new OciError('invalid', 'the archive became shorter while it was read');
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
