import { bufferOf, FormatError } from './byte-reader.js';

/** A member of a tar archive that lies in a file, without its times. */
export interface TarMember {
  readonly path: string;
  /** POSIX typeflag, `0` for files however they were marked. */
  readonly type: string;
  readonly mode: number;
  readonly owner: string;
  readonly linkPath: string;
  readonly device: string;
  /** Extended headers but times: sorted `key=value`, one character a byte. */
  readonly extended: readonly string[];
  readonly content: Buffer;
}

const BLOCK = 512;
const MAX_MEMBERS = 200_000;
const TIMES = new Set(['mtime', 'atime', 'ctime', 'LIBARCHIVE.creationtime']);
const KNOWN_TYPES = new Set(['0', '1', '2', '3', '4', '5', '6']);
const WITH_CONTENT = new Set(['0']);

/** Whether these bytes start as a tar archive with a `ustar` header (POSIX.1-1988 and GNU). */
export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && Buffer.from(head.subarray(257, 262)).toString('latin1') === 'ustar';
}

/**
 * The members of a tar archive (POSIX.1-2001 pax, GNU long names), in its order. Throws a FormatError for all that is not
 * plain: sparse files, other types, wrong sums, global headers, data after the end.
 */
export function readTarMembers(archive: Uint8Array): TarMember[] {
  const bytes = bufferOf(archive);
  const members: TarMember[] = [];
  let pax = new Map<string, string>();
  let long: { path?: string; linkPath?: string } = {};
  let at = 0;
  for (;;) {
    const header = bytes.subarray(at, at + BLOCK);
    if (header.length < BLOCK) throw new FormatError('tar: cut, or without an end');
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const type = String.fromCharCode(header[156] as number).replace('\0', '0');
    const isLink = KNOWN_TYPES.has(type) && !WITH_CONTENT.has(type);
    const size = pax.has('size') ? decimal(pax.get('size') as string) : number(header.subarray(124, 136));
    const content = bytes.subarray(at + BLOCK, at + BLOCK + (isLink ? 0 : size));
    if (content.length < (isLink ? 0 : size)) throw new FormatError('tar: cut');
    at += BLOCK + Math.ceil(content.length / BLOCK) * BLOCK;
    if (type === 'x') {
      pax = readPax(content);
    } else if (type === 'L' || type === 'K') {
      const name = text(content);
      long = type === 'L' ? { ...long, path: name } : { ...long, linkPath: name };
    } else if (KNOWN_TYPES.has(type)) {
      if (members.length === MAX_MEMBERS) throw new FormatError(`tar: more than ${MAX_MEMBERS} members`);
      members.push(memberOf(header, type, content, pax, long));
      pax = new Map();
      long = {};
    } else {
      throw new FormatError(`tar: a member of type ${JSON.stringify(type)}`);
    }
  }
  if (pax.size > 0 || long.path !== undefined || long.linkPath !== undefined)
    throw new FormatError('tar: a header of no member');
  if (!bytes.subarray(at).every((byte) => byte === 0)) throw new FormatError('tar: data after the end');
  return members;
}

function memberOf(
  header: Buffer,
  type: string,
  content: Buffer,
  pax: ReadonlyMap<string, string>,
  long: { readonly path?: string; readonly linkPath?: string },
): TarMember {
  const isPosix = header.subarray(257, 265).toString('latin1') === 'ustar\x0000';
  const prefix = isPosix ? text(header.subarray(345, 500)) : '';
  const name = text(header.subarray(0, 100));
  const owner = [
    pax.get('uid') ?? number(header.subarray(108, 116)),
    pax.get('gid') ?? number(header.subarray(116, 124)),
    pax.get('uname') ?? text(header.subarray(265, 297)),
    pax.get('gname') ?? text(header.subarray(297, 329)),
  ];
  const applied = new Set(['path', 'linkpath', 'size', 'uid', 'gid', 'uname', 'gname']);
  const isDevice = type === '3' || type === '4';
  return {
    path: pax.get('path') ?? long.path ?? (prefix === '' ? name : `${prefix}/${name}`),
    type,
    mode: number(header.subarray(100, 108)),
    owner: owner.join(':'),
    linkPath: pax.get('linkpath') ?? long.linkPath ?? text(header.subarray(157, 257)),
    device: isDevice ? `${number(header.subarray(329, 337))}:${number(header.subarray(337, 345))}` : '',
    extended: [...pax]
      .filter(([key]) => !applied.has(key) && !TIMES.has(key))
      .map(([key, value]) => `${key}=${value}`)
      .sort(),
    content,
  };
}

/** Records of `<length> <key>=<value>\n`; a sparse file's are refused. */
function readPax(content: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  let rest = content.toString('latin1');
  while (rest !== '') {
    const [digits, length] = [/^(\d{1,9}) /.exec(rest)?.[0] ?? '', Number.parseInt(rest, 10)];
    const record = rest.slice(digits.length, length);
    const equals = record.indexOf('=');
    if (digits === '' || length > rest.length || !record.endsWith('\n') || equals < 1)
      throw new FormatError('tar: bad pax record');
    const key = record.slice(0, equals);
    if (key.startsWith('GNU.sparse') || key === 'hdrcharset') throw new FormatError(`tar: pax record ${key}`);
    records.set(key, record.slice(equals + 1, -1));
    rest = rest.slice(length);
  }
  return records;
}

function checkSum(header: Buffer): void {
  let sum = 8 * 0x20;
  header.forEach((byte, index) => {
    if (index < 148 || index >= 156) sum += byte;
  });
  if (number(header.subarray(148, 156)) !== sum) throw new FormatError('tar: the sum of a header is wrong');
}

/** Octal, or base 256 where the first bit is set (GNU); no negative ones. */
function number(field: Buffer): number {
  const first = field[0] as number;
  if (first === 0x80) return Number(BigInt(`0x${field.subarray(1).toString('hex')}`));
  if (first > 0x80) throw new FormatError('tar: a negative number');
  return digits(
    field
      .toString('latin1')
      .replace(/[\0 ]+$/, '')
      .trimStart(),
    8,
  );
}

function decimal(value: string): number {
  return digits(value, 10);
}

function digits(value: string, base: 8 | 10): number {
  if (value === '') return 0;
  const result = /^[0-9]+$/.test(value) ? Number.parseInt(value, base) : Number.NaN;
  if (!Number.isSafeInteger(result)) throw new FormatError(`tar: ${JSON.stringify(value)} is not a number`);
  return result;
}

/** Up to the first NUL, one character a byte. */
function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end < 0 ? field.length : end);
}
