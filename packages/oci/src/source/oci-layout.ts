import { mkdir, readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join, normalize, resolve } from 'node:path';
import { throwIfAborted, untilAborted } from '../content/abort.js';
import type { BlobDescriptor, Descriptor, Digest } from '../content/descriptor.js';
import { parseDigest } from '../content/digest.js';
import { isIndexMediaType } from '../content/media-types.js';
import { oneChunk } from '../content/one-chunk.js';
import { readAll } from '../content/read-all.js';
import { verifyBytes } from '../content/verified-stream.js';
import { OciError } from '../errors.js';
import { MANIFEST_LIMIT_BYTES, parseIndex, parseManifestOrIndex } from '../model/manifest.js';
import type { Repository, RequestOptions } from '../model/repository.js';
import { isTag } from '../reference/image-reference.js';
import { acquireLock, type LockOptions } from './file-lock.js';
import {
  blobFile,
  fileSize,
  linkBlob,
  lockPath,
  readBlob,
  removeOldDrafts,
  replaceFile,
  writeBlob,
} from './layout-blobs.js';
import { checkLayoutFile, LAYOUT_FILE } from './layout-format.js';
import {
  EMPTY_LAYOUT_INDEX,
  findManifest,
  formatLayoutIndex,
  type LayoutIndex,
  parseLayoutIndex,
  tagOf,
  withManifest,
} from './layout-index.js';

export interface OciLayoutOptions {
  /** How a person names it; default `oci:` and the folder. */
  readonly name?: string;
  /** Of the lock that writers of `index.json` take turns by; default 60 s. */
  readonly lock?: Pick<LockOptions, 'waitMs'>;
}

/** A writer holds the lock for milliseconds. */
const LOCK = { waitMs: 60_000, staleMs: 60_000 };
/** Indexes in indexes are looked through to this depth. */
const MAX_DEPTH = 4;

/**
 * A folder in the form of an OCI image layout (image-spec 1.1, image-layout.md) as a repository; tags are
 * `org.opencontainers.image.ref.name`. Nothing is opened or made here: a folder that is not there is an empty repository, and is
 * made by the first push. Any number of processes may push at once. A manifest that loses its tag stays, by its digest.
 * What is no layout is an error of code `invalid`, other versions of the format `unsupported`.
 */
export function openOciLayout(folder: string, options: OciLayoutOptions = {}): Repository {
  const { name = `oci:${folder}`, lock: lockOptions } = options;
  const readIndex = () => readLayoutIndex(folder, name);

  const find = async (reference: string, options: RequestOptions): Promise<Descriptor | undefined> => {
    throwIfAborted(options.signal);
    const found = isTag(reference)
      ? findManifest(await readIndex(), reference)
      : await findDigest(folder, name, await readIndex(), parseDigest(reference, `${name}: reference`), options.signal);
    if (found === undefined || (await fileSize(blobFile(folder, found.digest))) === undefined) return undefined;
    return { mediaType: found.mediaType, digest: found.digest, size: found.size };
  };
  const hasBlob = async ({ digest, size }: BlobDescriptor): Promise<boolean> =>
    (await fileSize(blobFile(folder, digest))) === size;

  return {
    name,
    resolve: (reference, options = {}) => find(reference, options),
    async fetchManifest(reference, { signal } = {}) {
      const descriptor = await find(reference, { signal });
      if (descriptor === undefined) {
        throw new OciError('not-found', `${name}: has no manifest ${reference}`, { facts: { reference } });
      }
      return { descriptor, bytes: await readManifest(folder, name, descriptor, signal) };
    },
    hasBlob,
    fetchBlob: (descriptor, { signal } = {}) => readBlob(folder, descriptor, name, signal),
    async pushBlob(descriptor, open, { signal } = {}) {
      throwIfAborted(signal);
      if (await hasBlob(descriptor)) return;
      await makeLayout(folder, name);
      await writeBlob(folder, descriptor, untilAborted(open(), signal), name);
    },
    async mountBlob(descriptor, from, { signal } = {}) {
      throwIfAborted(signal);
      const source = folderOf(from, folder, name);
      const size = source && (await fileSize(blobFile(source, descriptor.digest)));
      if (source === undefined || size !== descriptor.size) return false;
      await makeLayout(folder, name);
      return linkBlob(source, folder, descriptor);
    },
    async pushManifest({ descriptor, bytes }, tag, { signal } = {}) {
      if (tag !== undefined && !isTag(tag)) throw new OciError('invalid', `${name}: ${JSON.stringify(tag)} is no tag`);
      const { mediaType, digest, size } = descriptor;
      verifyBytes(bytes, { digest, size }, `${name}: manifest ${tag ?? digest}`);
      parseManifestOrIndex(bytes, mediaType, `${name}: manifest ${tag ?? digest}`);
      throwIfAborted(signal);
      await makeLayout(folder, name);
      if (!(await hasBlob(descriptor)))
        await writeBlob(folder, descriptor, untilAborted(oneChunk(bytes), signal), name);
      const lock = await acquireLock(await lockPath(folder), { ...LOCK, ...lockOptions, signal });
      try {
        const before = await readIndex();
        const after = withManifest(before, { mediaType, digest, size }, tag);
        if (after === before) return;
        await removeOldDrafts(folder);
        if (!(await lock.isHeld())) {
          throw new OciError('conflict', `${name}: another process took over the lock of index.json`, {
            hint: 'Try again.',
          });
        }
        await replaceFile(folder, join(folder, 'index.json'), formatLayoutIndex(after));
      } finally {
        await lock.release();
      }
    },
    async tags({ signal } = {}) {
      throwIfAborted(signal);
      const { manifests } = await readIndex();
      return [...new Set(manifests.map(tagOf).filter((tag) => tag !== undefined))].sort();
    },
  };
}

async function readLayoutIndex(folder: string, name: string): Promise<LayoutIndex> {
  const layout = await readSmallFile(join(folder, 'oci-layout'), name);
  if (layout === undefined) {
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw new OciError('invalid', `${name}: expected the folder of an OCI image layout: ${error.message}`, {
        cause: error,
      });
    });
    if (names.every((name) => name.startsWith('.'))) return EMPTY_LAYOUT_INDEX;
    throw new OciError('invalid', `${name}: expected an OCI image layout, found no file oci-layout in ${folder}`);
  }
  checkLayoutFile(layout, name);
  const index = await readSmallFile(join(folder, 'index.json'), name);
  return index === undefined ? EMPTY_LAYOUT_INDEX : parseLayoutIndex(index, `${name}: index.json`);
}

/** A file of a manifest's size; `undefined` if it is not there. Throws `limit` before it is read. */
async function readSmallFile(path: string, name: string): Promise<Uint8Array | undefined> {
  const size = await fileSize(path);
  if (size === undefined) return undefined;
  if (size > MANIFEST_LIMIT_BYTES) {
    throw new OciError('limit', `${name}: ${path}: ${size} bytes, more than the ${MANIFEST_LIMIT_BYTES} that are read`);
  }
  return readFile(path);
}

async function makeLayout(folder: string, name: string): Promise<void> {
  if ((await fileSize(join(folder, 'oci-layout'))) !== undefined) return;
  await readLayoutIndex(folder, name);
  await mkdir(folder, { recursive: true });
  await replaceFile(folder, join(folder, 'oci-layout'), LAYOUT_FILE);
}

async function readManifest(
  folder: string,
  name: string,
  descriptor: Descriptor,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const stream = await readBlob(folder, descriptor, name, signal);
  return readAll(stream, MANIFEST_LIMIT_BYTES, `${name}: manifest ${descriptor.digest}`);
}

/** The descriptor of a digest in `index.json`, or in an index that is named there, and so on. */
async function findDigest(
  folder: string,
  name: string,
  { manifests }: Pick<LayoutIndex, 'manifests'>,
  digest: Digest,
  signal: AbortSignal | undefined,
  depth = 1,
): Promise<Descriptor | undefined> {
  const found = manifests.find((entry) => entry.digest === digest);
  if (found !== undefined || depth > MAX_DEPTH) return found;
  const nested = new Map(
    manifests.filter(({ mediaType }) => isIndexMediaType(mediaType)).map((entry) => [entry.digest, entry]),
  );
  for (const entry of nested.values()) {
    if ((await fileSize(blobFile(folder, entry.digest))) === undefined) continue;
    const bytes = await readManifest(folder, name, entry, signal);
    const index = parseIndex(bytes, entry.mediaType, `${name}: index ${entry.digest}`);
    const deeper = await findDigest(folder, name, index, digest, signal, depth + 1);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/** The folder of another layout, named as this one is: absolute, or from where this one's name begins. */
function folderOf(from: string, folder: string, name: string): string | undefined {
  if (!from.startsWith('oci:') || !name.startsWith('oci:')) return undefined;
  const [theirs, ours, here] = [normalize(from.slice(4)), normalize(name.slice(4)), resolve(folder)];
  if (isAbsolute(theirs)) return theirs;
  if (isAbsolute(ours) || !here.endsWith(join('/', ours))) return undefined;
  return join(here.slice(0, -ours.length), theirs);
}
