import { OciError } from '../errors.js';
import type { TarEntryType, TarHeader } from './entry.js';
import { type PaxRecords, paxInteger, paxName, paxTime, paxXattrs } from './pax.js';
import { parsePaxMap, readOldGnuSlots, SparseMapReader } from './sparse.js';
import { parseNumber } from './tar-fields.js';
import type { RawHeader } from './tar-header.js';

/** A name may be this long; nothing that makes images writes longer ones. */
export const MAX_NAME_BYTES = 1024 * 1024;

/** The records before a header that change it. */
export interface MetaRecords {
  readonly pax: PaxRecords | undefined;
  readonly longName: string | undefined;
  readonly longLink: string | undefined;
}

/** An entry before its sparse map is whole: header and records joined. */
export interface EntryDraft {
  readonly header: Omit<TarHeader, 'offset'>;
  /** Bytes of the archive that are its content, a sparse map of format 1.0 included. */
  readonly stored: number;
  /** Where its parts belong; absent where it is not sparse. */
  readonly map: number[] | undefined;
  /** Set where the map still has to be read: out of extension blocks, or out of the content's begin. */
  readonly more: 'extension' | SparseMapReader | undefined;
}

const TYPES: Readonly<Record<string, TarEntryType>> = {
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  D: 'directory',
};

/** Joins a header with the records before it, in the order of Go's archive/tar: GNU long names win over PAX. */
export function draftEntry(raw: RawHeader, block: Buffer, { pax, longName, longLink }: MetaRecords): EntryDraft {
  const flag = String.fromCharCode(raw.typeflag);
  if (flag === 'M' || flag === 'N') {
    throw new OciError(
      'unsupported',
      `tar: ${shown(raw.path)}: entries of type ${flag} (parts of volumes) can't be read`,
    );
  }
  const path = longName ?? (pax && paxName(pax, 'path')) ?? raw.path;
  // Archives before POSIX mark directories by the slash alone.
  const type = flag === '\0' && path.endsWith('/') ? 'directory' : (TYPES[flag] ?? 'file');
  const isLink = type === 'symlink' || type === 'hardlink';
  const hasContent = type === 'file' || flag === 'D';
  const stored = hasContent ? ((pax && paxInteger(pax, 'size')) ?? raw.size) : 0;
  const sparse = type === 'file' ? sparseParts(flag, block, pax) : undefined;
  const size = type === 'file' ? (sparse?.size ?? stored) : 0;
  const draft: EntryDraft = {
    header: {
      path: sparse?.path ?? path,
      type,
      mode: raw.mode & 0o7777,
      uid: (pax && paxInteger(pax, 'uid')) ?? raw.uid,
      gid: (pax && paxInteger(pax, 'gid')) ?? raw.gid,
      size,
      mtime: (pax && paxTime(pax, 'mtime')) ?? raw.mtime,
      linkPath: isLink ? (longLink ?? (pax && paxName(pax, 'linkpath')) ?? raw.linkPath) : '',
      devMajor: raw.devMajor,
      devMinor: raw.devMinor,
      xattrs: paxXattrs(pax),
    },
    stored,
    map: sparse?.map,
    more: sparse?.more,
  };
  checkBounds(draft);
  return draft;
}

interface SparseParts {
  readonly path?: string;
  readonly size?: number;
  readonly map: number[];
  readonly more?: EntryDraft['more'];
}

function sparseParts(flag: string, block: Buffer, pax: PaxRecords | undefined): SparseParts | undefined {
  if (flag === 'S') {
    if (block.toString('latin1', 257, 264) !== 'ustar  ') {
      throw new OciError('invalid', 'tar: a sparse file of the GNU format has no GNU header');
    }
    const map: number[] = [];
    readOldGnuSlots(block, 386, 4, map);
    const size = parseNumber(block, 483, 12, 'sparse size');
    return { size, map, more: block[482] === 0 ? undefined : 'extension' };
  }
  if (pax === undefined) return undefined;
  const text = (key: string): string => pax.values.get(key)?.toString('latin1') ?? '';
  const version = `${text('GNU.sparse.major')}.${text('GNU.sparse.minor')}`;
  const hasMap = text('GNU.sparse.map') !== '' || pax.sparsePairs.length > 0;
  if (version !== '1.0' && version !== '0.0' && version !== '0.1' && !(version === '.' && hasMap)) return undefined;
  const named = { path: paxName(pax, 'GNU.sparse.name') };
  const size = paxInteger(pax, 'GNU.sparse.size') ?? paxInteger(pax, 'GNU.sparse.realsize');
  if (version === '1.0') {
    const more = new SparseMapReader();
    return { ...named, size, map: more.map, more };
  }
  return {
    ...named,
    size,
    map: pax.sparsePairs.length > 0 ? [...pax.sparsePairs] : parsePaxMap(text('GNU.sparse.map')),
  };
}

function checkBounds({ header, stored }: EntryDraft): void {
  if (header.path.length > MAX_NAME_BYTES || header.linkPath.length > MAX_NAME_BYTES) {
    throw new OciError('limit', `tar: ${shown(header.path)}: a name of more than ${MAX_NAME_BYTES} bytes`);
  }
  if (stored < 0 || header.size < 0) {
    throw new OciError('invalid', `tar: ${shown(header.path)}: negative size ${Math.min(stored, header.size)}`);
  }
}

const shown = (path: string): string => JSON.stringify(path.slice(0, 200));
