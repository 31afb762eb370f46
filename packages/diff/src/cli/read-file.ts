import { type Digest, type Image, readTar } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import { normalizePath, parentOf } from '../layer/path.js';
import type { AnalyzedImage } from '../report/container-diff-shapes.js';
import type { TreeEntry } from '../tree/tree.js';

/** Larger files are no texts to compare by line. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
const MAX_HOPS = 40;

/**
 * The bytes of one file of an image, symlinks followed within the image; `undefined` where there is no such path.
 * Throws `unsupported` for what is no file, `limit` for one that is too large.
 */
export async function readImageFile(
  image: Image,
  analyzed: AnalyzedImage,
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<Buffer | undefined> {
  const entry = resolve(analyzed, normalizePath(path));
  if (entry === undefined) return undefined;
  const shown = `${analyzed.source}: /${entry.path}`;
  if (entry.type !== 'file' || entry.digest === undefined) {
    throw new DiffError('unsupported', `${shown} is a ${entry.type}, and only files can be compared by line`);
  }
  if (entry.size > MAX_TEXT_BYTES) {
    throw new DiffError(
      'limit',
      `${shown} has ${entry.size} bytes, more than the ${MAX_TEXT_BYTES} that are compared by line`,
    );
  }
  if (entry.size === 0) return Buffer.alloc(0);
  const content = await readByDigest(image, analyzed, entry.digest, options);
  if (content === undefined) throw new DiffError('failed', `${shown}: its content was not found in its layer`);
  return content;
}

/** Each part of the path may be a symlink, relative to where it lies, or absolute from the image's root. */
function resolve({ tree }: AnalyzedImage, path: string): TreeEntry | undefined {
  let rest = path.split('/').filter((part) => part !== '');
  let at = '';
  for (let hops = 0; rest.length > 0; ) {
    const [part = '', ...others] = rest;
    rest = others;
    if (part === '.') continue;
    if (part === '..') {
      at = parentOf(at);
      continue;
    }
    const next = at === '' ? part : `${at}/${part}`;
    const entry = tree.get(next);
    if (entry?.type === 'symlink') {
      hops += 1;
      if (hops > MAX_HOPS) return undefined;
      const target = entry.linkTarget ?? '';
      if (target.startsWith('/')) at = '';
      rest = [...target.split('/').filter((step) => step !== ''), ...rest];
    } else at = next;
  }
  return tree.get(at);
}

/** A hard link's content lies under another name, so it is looked for by its digest. */
async function readByDigest(
  image: Image,
  { layers }: AnalyzedImage,
  digest: Digest,
  options: { readonly signal: AbortSignal },
): Promise<Buffer | undefined> {
  for (const layer of layers) {
    const holder = layer.entries.find((entry) => entry.type === 'file' && entry.digest === digest);
    if (!holder) continue;
    const read = await image.readLayers(new Set([layer.diffId]), (tar) => contentOf(tar, holder.path), options);
    return read.get(layer.diffId);
  }
  return undefined;
}

/** The last entry of that name, since it wins. The rest is read too: only a layer read whole is checked. */
async function contentOf(tar: AsyncIterable<Uint8Array>, path: string): Promise<Buffer | undefined> {
  let found: Buffer | undefined;
  for await (const entry of readTar(tar)) {
    if (entry.type !== 'file' || entry.size > MAX_TEXT_BYTES || normalizePath(entry.path) !== path) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry.content) chunks.push(Uint8Array.from(chunk));
    found = Buffer.concat(chunks);
  }
  return found;
}
