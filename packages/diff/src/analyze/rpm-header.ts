import type { PackageFact } from '../layer/entry.js';
import { isField, MAX_FILES } from './limits.js';
import { decodeText } from './lines.js';

/** Tags of rpm's format v4 (rpm 4.18, docs/manual/tags.md). */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  size: 1009,
  architecture: 1022,
  directoryIndexes: 1116,
  baseNames: 1117,
  directoryNames: 1118,
  longSize: 5009,
} as const;

/** rpm's own bounds on a header (lib/header.c): entries, bytes of data. */
const MAX_ENTRIES = 0xffff;
const MAX_DATA = 256 * 1024 * 1024;

interface IndexEntry {
  readonly offset: number;
  readonly count: number;
}

/**
 * The package that a header says (rpm 4.18, docs/manual/format.md, "Header"; a database has it without the lead of
 * eight bytes), its version with epoch and release, as `rpm -q --qf '%{EVR}'` prints it; `undefined` where it is not one.
 */
export function readRpmHeader(blob: Uint8Array): PackageFact | undefined {
  if (blob.byteLength < 8) return undefined;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const entries = view.getUint32(0);
  const dataStart = 8 + entries * 16;
  if (entries === 0 || entries > MAX_ENTRIES || view.getUint32(4) > MAX_DATA || dataStart > blob.byteLength) {
    return undefined;
  }
  const index = new Map<number, IndexEntry>();
  for (let at = 8; at < dataStart; at += 16) {
    index.set(view.getUint32(at), { offset: dataStart + view.getUint32(at + 8), count: view.getUint32(at + 12) });
  }
  const strings = (tag: number) => readStrings(blob, index.get(tag));
  const name = strings(TAG.name)[0];
  const version = strings(TAG.version)[0];
  if (!isField(name) || !isField(version)) return undefined;
  const release = strings(TAG.release)[0];
  const epoch = readNumbers(view, index.get(TAG.epoch))[0];
  const architecture = strings(TAG.architecture)[0];
  const files = filePaths(
    strings(TAG.directoryNames),
    strings(TAG.baseNames),
    readNumbers(view, index.get(TAG.directoryIndexes)),
  );
  const sizeBytes = readLong(view, index.get(TAG.longSize)) ?? readNumbers(view, index.get(TAG.size))[0];
  return {
    type: 'rpm',
    name,
    version: `${epoch === undefined ? '' : `${epoch}:`}${version}${release === undefined ? '' : `-${release}`}`,
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
    ...(isField(architecture) ? { architecture } : {}),
    ...(files.length > 0 ? { files } : {}),
  };
}

function readStrings(blob: Uint8Array, entry: IndexEntry | undefined): string[] {
  const strings: string[] = [];
  let at = entry?.offset ?? 0;
  for (let left = Math.min(entry?.count ?? 0, MAX_FILES); left > 0 && at < blob.byteLength; left -= 1) {
    const end = blob.indexOf(0, at);
    if (end === -1) break;
    strings.push(decodeText(blob.subarray(at, end)));
    at = end + 1;
  }
  return strings;
}

function readNumbers(view: DataView, entry: IndexEntry | undefined): number[] {
  if (!entry) return [];
  const count = Math.min(entry.count, MAX_FILES, Math.floor((view.byteLength - entry.offset) / 4));
  return Array.from({ length: Math.max(count, 0) }, (_, at) => view.getUint32(entry.offset + at * 4));
}

function readLong(view: DataView, entry: IndexEntry | undefined): number | undefined {
  return entry && entry.offset + 8 <= view.byteLength ? Number(view.getBigUint64(entry.offset)) : undefined;
}

function filePaths(directories: readonly string[], bases: readonly string[], indexes: readonly number[]): string[] {
  return bases.map((base, at) => `${directories[indexes[at] ?? -1] ?? ''}${base}`.replace(/^\/+/, ''));
}
