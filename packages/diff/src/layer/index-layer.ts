import { readTar, type TarEntry } from '@image-versions/oci';
import type { LayerEntry } from './entry.js';
import { readFileContent } from './file-content.js';
import type { Inspectors } from './inspect.js';
import { checkRoot, type LayerContent, LayerDraft } from './layer-draft.js';
import { normalizePath } from './path.js';

/**
 * Reads a layer's uncompressed tar once, holding no content but that of the file which an inspector looks at.
 * The caller knows the diffId, since who gives out the stream checks it. Throws `invalid` for paths that leave the root,
 * `limit` for too many or too long ones, and what the tar reader throws for a damaged archive.
 */
export async function indexLayer(tar: AsyncIterable<Uint8Array>, inspectors: Inspectors): Promise<LayerContent> {
  const draft = new LayerDraft();
  let sizeBytes = 0;
  const counted = async function* () {
    for await (const chunk of tar) {
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  for await (const entry of readTar(counted())) {
    const path = normalizePath(entry.path);
    if (draft.addMarker(path)) continue;
    const indexed = await indexEntry(entry, path, inspectors);
    checkRoot(indexed);
    draft.addEntry(indexed);
  }
  return draft.finish(sizeBytes);
}

async function indexEntry(entry: TarEntry, path: string, inspectors: Inspectors): Promise<LayerEntry> {
  const { type, mode, uid, gid } = entry;
  const isFile = type === 'file';
  const isDevice = type === 'char-device' || type === 'block-device';
  return {
    path,
    type,
    mode,
    uid,
    gid,
    size: isFile ? entry.size : 0,
    ...(isFile && (await readFileContent({ path, size: entry.size, mode }, entry.content, inspectors))),
    ...(type === 'symlink' && { linkTarget: entry.linkPath }),
    ...(type === 'hardlink' && { linkTarget: normalizePath(entry.linkPath) }),
    ...(isDevice && { device: { major: entry.devMajor, minor: entry.devMinor } }),
    ...(entry.xattrs.size > 0 && { xattrs: hexOf(entry.xattrs) }),
  };
}

/** By name in sorted order, so that equal attributes print equal. */
function hexOf(xattrs: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  const sorted = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([name, value]) => [name, Buffer.from(value).toString('hex')]));
}
