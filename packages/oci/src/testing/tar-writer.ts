import type { TarEntryType } from '../archive/entry.js';

/** One entry of a tar file to be written; all but `path` have defaults. */
export interface TarLiteral {
  /** Written as it is, however hostile. A path that ends in `/` is a directory unless `type` says otherwise. */
  readonly path: string;
  readonly type?: TarEntryType;
  readonly content?: string | Uint8Array;
  /** Default 0o644; 0o755 for directories; 0o777 for symlinks. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Seconds; default 1700000000. A fraction is written as a PAX record. */
  readonly mtime?: number;
  readonly linkPath?: string;
  readonly devMajor?: number;
  readonly devMinor?: number;
  readonly xattrs?: Readonly<Record<string, string | Uint8Array>>;
  /** More PAX records, which also replace those that the other fields make necessary. */
  readonly pax?: Readonly<Record<string, string>>;
  /** Header fields to write as these bytes instead, before the checksum is made: for hostile and odd archives. */
  readonly raw?: Readonly<Partial<Record<RawField, string | Uint8Array>>>;
}

/** Header fields of POSIX.1-1988 (ustar), by offset and length. */
const FIELDS = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  typeflag: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  gname: [297, 32],
  devMajor: [329, 8],
  devMinor: [337, 8],
  prefix: [345, 155],
} as const;

/** A header field that `raw` may replace. */
export type RawField = keyof typeof FIELDS;

const TYPE_FLAGS: Readonly<Record<TarEntryType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'char-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

const BLOCK = 512;

/** A tar file: ustar headers, PAX records where a value does not fit, two zero blocks at the end (unless `end` is false). */
export function writeTar(entries: readonly TarLiteral[], options: { readonly end?: boolean } = {}): Uint8Array {
  const blocks = entries.flatMap(entryBlocks);
  if (options.end !== false) blocks.push(Buffer.alloc(2 * BLOCK));
  return Buffer.concat(blocks);
}

function entryBlocks(entry: TarLiteral): Uint8Array[] {
  const type = entry.type ?? (entry.path.endsWith('/') ? 'directory' : 'file');
  const content = toBytes(entry.content ?? '');
  const records = paxRecords(entry, content.byteLength);
  const header = headerBlock(entry, type, content.byteLength);
  const pax = records.length === 0 ? [] : [paxHeader(records), ...padded(records)];
  return [...pax, header, ...padded(content)];
}

function headerBlock(entry: TarLiteral, type: TarEntryType, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  const defaultMode = type === 'directory' ? 0o755 : type === 'symlink' ? 0o777 : 0o644;
  const fields: Partial<Record<RawField, string | Uint8Array>> = {
    name: toBytes(entry.path).subarray(0, 100),
    mode: octal(entry.mode ?? defaultMode, 7),
    uid: octal(entry.uid ?? 0, 7),
    gid: octal(entry.gid ?? 0, 7),
    size: octal(size, 11),
    mtime: octal(Math.max(0, Math.floor(entry.mtime ?? 1_700_000_000)), 11),
    checksum: '        ',
    typeflag: TYPE_FLAGS[type],
    linkname: toBytes(entry.linkPath ?? '').subarray(0, 100),
    magic: 'ustar\u000000',
    devMajor: octal(entry.devMajor ?? 0, 7),
    devMinor: octal(entry.devMinor ?? 0, 7),
    ...entry.raw,
  };
  for (const [field, value] of Object.entries(fields) as [RawField, string | Uint8Array][]) put(block, field, value);
  if (entry.raw?.checksum === undefined) put(block, 'checksum', checksum(block));
  return block;
}

function put(block: Buffer, field: RawField, value: string | Uint8Array): void {
  const [offset, length] = FIELDS[field];
  block.fill(0, offset, offset + length);
  block.set(toBytes(value).subarray(0, length), offset);
}

function checksum(block: Uint8Array): string {
  const sum = block.reduce((total, byte) => total + byte, 0);
  return `${sum.toString(8).padStart(6, '0')}\0 `;
}

/** The value in octal, or its lowest digits where it does not fit (then a PAX record has the whole). */
function octal(value: number, digits: number): string {
  return Math.max(0, value).toString(8).slice(-digits).padStart(digits, '0');
}

function paxRecords(entry: TarLiteral, size: number): Uint8Array {
  const records = new Map<string, string | Uint8Array>();
  if (needsPax(entry.path)) records.set('path', entry.path);
  if (needsPax(entry.linkPath ?? '')) records.set('linkpath', entry.linkPath ?? '');
  if ((entry.uid ?? 0) > 0o7777777) records.set('uid', String(entry.uid));
  if ((entry.gid ?? 0) > 0o7777777) records.set('gid', String(entry.gid));
  if (size > 0o77777777777) records.set('size', String(size));
  const mtime = entry.mtime ?? 0;
  if (mtime < 0 || !Number.isInteger(mtime)) records.set('mtime', String(mtime));
  for (const [name, value] of Object.entries(entry.xattrs ?? {})) records.set(`SCHILY.xattr.${name}`, value);
  for (const [name, value] of Object.entries(entry.pax ?? {})) records.set(name, value);
  return Buffer.concat([...records].map(([key, value]) => paxRecord(key, value)));
}

const needsPax = (text: string): boolean => toBytes(text).byteLength > 100 || /[^\x20-\x7e]/.test(text);

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string | Uint8Array): Uint8Array {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), toBytes(value), Buffer.from('\n')]);
  let length = rest.byteLength + 1;
  while (rest.byteLength + String(length).length !== length) length = rest.byteLength + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function paxHeader(records: Uint8Array): Uint8Array {
  const literal: TarLiteral = { path: 'PaxHeaders/entry', raw: { typeflag: 'x' } };
  return headerBlock(literal, 'file', records.byteLength);
}

function padded(content: Uint8Array): Uint8Array[] {
  const rest = content.byteLength % BLOCK;
  return rest === 0 ? [content] : [content, Buffer.alloc(BLOCK - rest)];
}

const toBytes = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? Buffer.from(value) : value);
