import { type FileHandle, open } from 'node:fs/promises';
import { normalizePath } from '@image-versions/diff';
import { type Digest, type Image, readTar, type TarEntry } from '@image-versions/oci';
import { InstructionError } from './dockerfile-error.js';
import type { Content, FileEntry } from './files.js';
import { storedAt } from './layer-stack.js';

const chunkBytes = 256 * 1024;

/** One file on the disk that takes the contents of many: what is copied out of layers and archives. */
export class Spool {
  readonly #path: string;
  #file: FileHandle | undefined;
  #end = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Takes the rest of a stream. */
  async add(bytes: AsyncIterable<Uint8Array>): Promise<Content> {
    this.#file ??= await open(this.#path, 'wx+');
    const offset = this.#end;
    for await (const chunk of bytes) {
      await this.#file.write(chunk, 0, chunk.byteLength, this.#end);
      this.#end += chunk.byteLength;
    }
    return { kind: 'spool', offset };
  }

  async *read(offset: number, size: number): AsyncGenerator<Uint8Array, void, undefined> {
    for (let at = 0; at < size; ) {
      const length = Math.min(chunkBytes, size - at);
      const { bytesRead, buffer } = (await this.#file?.read(Buffer.alloc(length), 0, length, offset + at)) ?? {};
      if (!bytesRead || !buffer)
        throw new InstructionError('the spool file of the build is shorter than what was put there');
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** The entry that a tar has for a path, its content put away. */
interface Fetched {
  readonly content: Content;
  readonly mtime: number;
}

/**
 * Fetches the files that lie in layers, each layer read once, and gives the entries with their content in the spool and with the
 * times that they have there. Entries without such a content stay as they are.
 */
export async function fetchFromLayers(
  entries: readonly (readonly [string, FileEntry])[],
  spool: Spool,
  signal: AbortSignal | undefined,
): Promise<(readonly [string, FileEntry])[]> {
  const wanted = new Map<Image, Map<Digest, Map<string, Fetched | undefined>>>();
  const places = new Map<FileEntry, { image: Image; diffId: Digest; path: string }>();
  for (const [, entry] of entries) {
    if (entry.content?.kind !== 'layer') continue;
    const { stack, at, path } = entry.content;
    const place = { image: stack.image, ...storedAt(stack, at, path) };
    places.set(entry, place);
    const layers = getOrAdd(wanted, place.image, () => new Map());
    getOrAdd(layers, place.diffId, () => new Map<string, Fetched | undefined>()).set(place.path, undefined);
  }
  for (const [image, layers] of wanted) {
    for (const [diffId, paths] of layers) {
      await image.readLayers(new Set([diffId]), (tar) => fetchEntries(tar, paths, spool), { signal });
    }
  }
  return entries.map(([path, entry]) => {
    const place = places.get(entry);
    const fetched = place && wanted.get(place.image)?.get(place.diffId)?.get(place.path);
    return fetched ? [path, { ...entry, ...fetched }] : [path, entry];
  });
}

async function fetchEntries(
  tar: AsyncIterable<Uint8Array>,
  paths: Map<string, Fetched | undefined>,
  spool: Spool,
): Promise<void> {
  for await (const entry of readTar(tar)) {
    const path = normalizePath(entry.path);
    // The last entry of a path counts.
    if (entry.type === 'file' && paths.has(path)) paths.set(path, await fetch(entry, spool));
  }
}

async function fetch(entry: TarEntry, spool: Spool): Promise<Fetched> {
  return { mtime: entry.mtime, content: await spool.add(entry.content) };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
