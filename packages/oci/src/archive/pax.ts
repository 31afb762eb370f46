import { OciError } from '../errors.js';
import { decodeName, parseDecimal } from './tar-fields.js';

/** The records of one PAX header: values as bytes, since extended attributes are binary. */
export interface PaxRecords {
  readonly values: ReadonlyMap<string, Buffer>;
  /** The pairs of GNU.sparse.offset and GNU.sparse.numbytes (format 0.0), which come many times each. */
  readonly sparsePairs: readonly number[];
}

/**
 * Parses the content of a PAX header: records of `<length> <keyword>=<value>\n` (POSIX.1-2001, pax, "pax Header Block").
 * Throws `invalid` for anything else, as the engines' reader does.
 */
export function parsePax(bytes: Buffer): PaxRecords {
  const values = new Map<string, Buffer>();
  const sparsePairs: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const digits = space === -1 || space - at > 10 ? '' : bytes.toString('latin1', at, space);
    const end = at + (/^\d+$/.test(digits) ? Number(digits) : 0);
    const equals = bytes.indexOf(0x3d, space);
    if (end > bytes.length || equals === -1 || equals <= space + 1 || equals >= end || bytes[end - 1] !== 0x0a) {
      throw new OciError('invalid', `tar: PAX header: no record at byte ${at}`);
    }
    const key = decodeName(bytes, space + 1, equals);
    // Go's archive/tar refuses it too; and what has been decoded has a NUL for a byte that is no UTF-8.
    if (bytes.subarray(space + 1, equals).includes(0)) {
      throw new OciError('invalid', `tar: PAX header: a keyword with a NUL at byte ${at}`);
    }
    const value = bytes.subarray(equals + 1, end - 1);
    if (key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes') {
      if ((sparsePairs.length % 2 === 0) !== (key === 'GNU.sparse.offset')) {
        throw new OciError('invalid', `tar: PAX header: ${key} out of order`);
      }
      sparsePairs.push(parseDecimal(value.toString('latin1'), key));
    } else {
      values.set(key, value);
    }
    at = end;
  }
  return { values, sparsePairs };
}

/** A name among the records, read as `TarHeader.path` says; `undefined` where it is absent or empty (POSIX: then not set). */
export function paxName(records: PaxRecords, key: string): string | undefined {
  const value = records.values.get(key);
  if (value === undefined || value.length === 0) return undefined;
  if (value.includes(0)) throw new OciError('invalid', `tar: PAX header: ${key} has a NUL`);
  return decodeName(value);
}

/** An integer among the records; `undefined` where it is absent or empty. */
export function paxInteger(records: PaxRecords, key: string): number | undefined {
  const value = records.values.get(key);
  return value === undefined || value.length === 0 ? undefined : parseDecimal(value.toString('latin1'), `PAX ${key}`);
}

/** A time among the records: seconds with a fraction. */
export function paxTime(records: PaxRecords, key: string): number | undefined {
  const value = records.values.get(key);
  if (value === undefined || value.length === 0) return undefined;
  const text = value.toString('latin1');
  if (/^-?\d{1,19}(\.\d*)?$/.test(text)) return Number(text);
  throw new OciError('invalid', `tar: PAX ${key}: expected seconds, got ${JSON.stringify(text.slice(0, 40))}`);
}

const NO_XATTRS: ReadonlyMap<string, Uint8Array> = new Map();
const SCHILY = 'SCHILY.xattr.';
const LIBARCHIVE = 'LIBARCHIVE.xattr.';

/** Extended attributes: star's records as they are, libarchive's decoded (name URL-encoded, value base64). Star's win. */
export function paxXattrs(records: PaxRecords | undefined): ReadonlyMap<string, Uint8Array> {
  if (records === undefined) return NO_XATTRS;
  let found: Map<string, Uint8Array> | undefined;
  for (const [key, value] of records.values) {
    if (key.startsWith(SCHILY)) {
      found ??= new Map();
      found.set(key.slice(SCHILY.length), Uint8Array.from(value));
    } else if (key.startsWith(LIBARCHIVE)) {
      const name = urlDecoded(key.slice(LIBARCHIVE.length));
      if (records.values.has(SCHILY + name)) continue;
      found ??= new Map();
      found.set(name, Uint8Array.from(Buffer.from(value.toString('latin1'), 'base64')));
    }
  }
  return found ?? NO_XATTRS;
}

function urlDecoded(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => decodeName(Buffer.from(run.replaceAll('%', ''), 'hex')));
}
