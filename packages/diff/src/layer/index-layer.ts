import { createHash } from 'node:crypto';
import { scanTar, type TarHeader } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import type { LayerEntry } from './entry.js';
import { EntryPool } from './entry-pool.js';
import { FileContentReader } from './file-content.js';
import type { FileContent, FileInspector } from './file-inspector.js';
import { type LayerContent, LayerDraft } from './layer-draft.js';
import { MAX_PATH_LENGTH, normalizePath, shown } from './path.js';
import { withRareFields } from './rare-fields.js';

/**
 * Reads a layer's uncompressed tar once, holding no content but that of the file which an inspector looks at.
 * The caller knows the diffId, since who gives out the stream checks it. Throws `invalid` for paths that leave the root,
 * `limit` for too long ones and where `pool` does, and what the tar reader throws for a damaged archive.
 */
export async function indexLayer(
  tar: AsyncIterable<Uint8Array>,
  inspector: FileInspector,
  pool = new EntryPool(),
): Promise<LayerContent> {
  const draft = new LayerDraft(pool);
  let sizeBytes = 0;
  const counted = async function* () {
    for await (const chunk of tar) {
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  };
  let file: FileContentReader | undefined;
  try {
    await scanTar(counted(), {
      entry(header) {
        const path = normalizePath(header.path);
        if (draft.addMarker(path)) return undefined;
        if (header.type === 'file') {
          const { size, mode } = header;
          file = new FileContentReader({ path, size, mode }, inspector, (content) =>
            draft.addEntry(entryOf(header, path, content)),
          );
          return file;
        }
        draft.addEntry(entryOf(header, path));
        return undefined;
      },
    });
  } finally {
    file?.close();
  }
  return draft.finish(sizeBytes);
}

function entryOf(header: TarHeader, path: string, content?: FileContent): LayerEntry {
  const { type, mode, uid, gid } = header;
  const isDevice = type === 'char-device' || type === 'block-device';
  const entry: LayerEntry =
    content === undefined
      ? { path, type, mode, uid, gid, size: 0 }
      : { path, type, mode, uid, gid, size: header.size, digest: content.digest };
  return withRareFields(entry, {
    ...content,
    ...(type === 'symlink' && { linkTarget: checkedTarget(header) }),
    ...(type === 'hardlink' && { linkTarget: normalizePath(header.linkPath) }),
    ...(isDevice && { device: { major: header.devMajor, minor: header.devMinor } }),
    ...(header.xattrs.size > 0 && { xattrs: xattrsOf(header) }),
  });
}

/** As written; the kernel takes none that is longer than a path. */
function checkedTarget({ path, linkPath }: TarHeader): string {
  if (linkPath.length <= MAX_PATH_LENGTH) return linkPath;
  const length = `${linkPath.length} characters, more than ${MAX_PATH_LENGTH}`;
  throw new DiffError('limit', `layer: symlink ${shown(path)} has a target of ${length}`);
}

/** Longest name of an extended attribute, three characters a byte that is no UTF-8 (Linux: 255 bytes). */
const MAX_XATTR_NAME = 3 * 255;
/** Values up to this many bytes are kept as they are. */
const SHORT_XATTR_BYTES = 256;

/** By name in sorted order, so that equal attributes print equal. */
function xattrsOf({ path, xattrs }: TarHeader): Record<string, string> {
  const sorted = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, value]) => {
      if (name.length <= MAX_XATTR_NAME) return [name, hexOf(value)];
      throw new DiffError(
        'limit',
        `layer: entry ${shown(path)} has an extended attribute with a name of ${name.length} characters, more than ${MAX_XATTR_NAME}`,
      );
    }),
  );
}

function hexOf(value: Uint8Array): string {
  if (value.byteLength <= SHORT_XATTR_BYTES) return Buffer.from(value).toString('hex');
  return `sha256:${createHash('sha256').update(value).digest('hex')}`;
}
