import { folderSizes, sizeOf } from '../analyze/sizes.js';
import type { LayerEntry, LayerIndex } from '../layer/entry.js';
import { byText } from '../layer/order.js';
import { parentOf } from '../layer/path.js';
import type { TreeEntry } from '../tree/tree.js';
import {
  type AnalyzedImage,
  type DirDiff,
  type EntryDiff,
  nullIfEmpty,
  type SizedDigest,
  type SizedName,
} from './container-diff-shapes.js';

/** Files as one image or one layer has them. */
interface Folder {
  readonly entries: ReadonlyMap<string, LayerEntry>;
  /** Of an entry itself, and for a folder of all below it, a file with several names counted once. */
  size(path: string): number;
}

/** By size, the largest first (`--order`), or by name. */
export type Order = 'name' | 'size';

export function filesOf(image: AnalyzedImage, order: Order): readonly SizedName[] | null {
  return nullIfEmpty(list(imageFolder(image), order));
}

export function layerFilesOf(image: AnalyzedImage, order: Order): readonly (readonly SizedName[] | null)[] | null {
  return nullIfEmpty(image.layers.map((layer) => nullIfEmpty(list(layerFolder(layer), order))));
}

export function sizeOfImage(image: AnalyzedImage): number {
  return imageFolder(image).size('');
}

export function layerSizesOf(image: AnalyzedImage): readonly SizedDigest[] | null {
  return nullIfEmpty(
    image.layers.map((layer, at) => ({
      Name: String(at),
      Digest: image.layerDigests[at] ?? layer.diffId,
      Size: layerFolder(layer).size(''),
    })),
  );
}

export function fileDiff(before: AnalyzedImage, after: AnalyzedImage, order: Order): DirDiff {
  return diffFolders(imageFolder(before), imageFolder(after), order);
}

/** Layers are compared by their number, as far as both images have them. */
export function layerFileDiff(before: AnalyzedImage, after: AnalyzedImage, order: Order): readonly DirDiff[] | null {
  const both = Math.min(before.layers.length, after.layers.length);
  return nullIfEmpty(
    before.layers
      .slice(0, both)
      .map((layer, at) => diffFolders(layerFolder(layer), layerFolder(after.layers[at] ?? layer), order)),
  );
}

export function sizeDiff(before: AnalyzedImage, after: AnalyzedImage): readonly EntryDiff[] {
  const Size1 = sizeOfImage(before);
  const Size2 = sizeOfImage(after);
  return Size1 === Size2 ? [] : [{ Name: '', Size1, Size2 }];
}

export function layerSizeDiff(before: AnalyzedImage, after: AnalyzedImage): readonly EntryDiff[] | null {
  const sizes = [before, after].map((image) => image.layers.map((layer) => layerFolder(layer).size('')));
  const count = Math.max(before.layers.length, after.layers.length);
  const diffs = Array.from({ length: count }, (_, at) => ({
    Name: String(at),
    Size1: sizes[0]?.[at] ?? -1,
    Size2: sizes[1]?.[at] ?? -1,
  }));
  return nullIfEmpty(diffs.filter(({ Size1, Size2 }) => Size1 !== Size2));
}

/** In the tree a hard link is a file of its own: which of them are links of another name, the layer that wrote them says. */
function imageFolder({ tree, layers }: AnalyzedImage): Folder {
  const targets = layers.map(
    (layer) =>
      new Map(layer.entries.filter(({ type }) => type === 'hardlink').map((link) => [link.path, link.linkTarget])),
  );
  const isAnotherName = ({ path, layer, digest }: TreeEntry) => {
    const target = targets[layer.index]?.get(path);
    return target !== undefined && tree.get(target)?.digest === digest;
  };
  const all = [...tree.entries];
  const sizes = folderSizes(all.filter((entry) => !isAnotherName(entry)));
  const entries = new Map(all.filter(({ path }) => path !== '').map((entry) => [entry.path, entry]));
  return folder(entries, sizes, sizeOf);
}

/** A layer with its markers, as it is in the tar: `.wh.name` for what it hides. */
function layerFolder(layer: LayerIndex): Folder {
  const entries = new Map<string, LayerEntry>();
  const add = (entry: LayerEntry) => {
    for (let path = entry.path; ; ) {
      path = parentOf(path);
      if (path === '' || entries.has(path)) break;
      entries.set(path, empty(path, 'directory'));
    }
    if (entry.path !== '') entries.set(entry.path, entry);
  };
  for (const entry of layer.entries) add(entry);
  for (const path of layer.whiteouts) add(empty(path.replace(/([^/]*)$/, '.wh.$1'), 'file'));
  for (const path of layer.opaque) add(empty(path === '' ? '.wh..wh..opq' : `${path}/.wh..wh..opq`, 'file'));
  return folder(entries, folderSizes(entries.values()), (entry) =>
    sizeOf(entry.type === 'hardlink' ? entries.get(entry.linkTarget ?? '') : entry),
  );
}

function empty(path: string, type: 'directory' | 'file'): LayerEntry {
  return { path, type, mode: type === 'file' ? 0o644 : 0o755, uid: 0, gid: 0, size: 0 };
}

function folder(
  entries: ReadonlyMap<string, LayerEntry>,
  sizes: ReadonlyMap<string, number>,
  ownSize: (entry: LayerEntry) => number,
): Folder {
  return {
    entries,
    size(path) {
      const entry = entries.get(path);
      return entry && entry.type !== 'directory' ? ownSize(entry) : (sizes.get(path) ?? 0);
    },
  };
}

function list(files: Folder, order: Order, paths: Iterable<string> = files.entries.keys()): SizedName[] {
  const rows = Array.from(paths, (path) => ({ Name: `/${path}`, Size: files.size(path) }));
  return rows.sort((a, b) => (order === 'size' ? b.Size - a.Size : 0) || byText(a.Name, b.Name));
}

function diffFolders(before: Folder, after: Folder, order: Order): DirDiff {
  const added = [...after.entries.keys()].filter((path) => !before.entries.has(path));
  const deleted = [...before.entries.keys()].filter((path) => !after.entries.has(path));
  const modified: EntryDiff[] = [];
  for (const [path, entry] of before.entries) {
    const other = after.entries.get(path);
    if (other && contentOf(entry) !== contentOf(other)) {
      modified.push({ Name: `/${path}`, Size1: before.size(path), Size2: after.size(path) });
    }
  }
  return {
    Adds: nullIfEmpty(list(after, order, added)),
    Dels: nullIfEmpty(list(before, order, deleted)),
    Mods: nullIfEmpty(modified.sort((a, b) => b.Size1 - a.Size1 || byText(a.Name, b.Name))),
  };
}

/** All of an entry but its name and place: two entries differ where these texts do. */
function contentOf(entry: LayerEntry): string {
  const { type, mode, uid, gid, size, digest, linkTarget, device, xattrs } = entry;
  return JSON.stringify([type, mode, uid, gid, size, digest, linkTarget, device, Object.entries(xattrs ?? {}).sort()]);
}
