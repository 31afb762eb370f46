import type { FileEntry } from './files.js';

const blockBytes = 512;

const typeFlags: Readonly<Record<FileEntry['type'], string>> = {
  file: '0',
  symlink: '2',
  'char-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
};

/**
 * The header of one entry (POSIX.1-2017 pax, "ustar Interchange Format"): with a PAX record for each value that does not fit, and
 * nothing that is not of the entry itself. The same entry gives the same bytes everywhere.
 */
export function tarHeader(path: string, entry: FileEntry, mtime: number): Buffer {
  const name = Buffer.from(entry.type === 'directory' ? `${path}/` : path);
  const link = Buffer.from(entry.linkTarget ?? '');
  const records = paxRecords(name, link, entry, mtime);
  const header = ustarBlock(typeFlags[entry.type], name, link, entry, mtime);
  if (records.length === 0) return header;
  const pax: FileEntry = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: records.length };
  const paxHeader = ustarBlock('x', Buffer.from('PaxHeaders.0'), Buffer.alloc(0), pax, 0);
  return Buffer.concat([paxHeader, records, padding(records.length), header]);
}

/** Zeros that fill up the last block. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockBytes - (size % blockBytes)) % blockBytes);
}

function ustarBlock(typeFlag: string, name: Buffer, link: Buffer, entry: FileEntry, mtime: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  block.set(name.subarray(0, 100), 0);
  block.write(octal(entry.mode, 7), 100);
  block.write(octal(entry.uid, 7), 108);
  block.write(octal(entry.gid, 7), 116);
  block.write(octal(entry.size, 11), 124);
  block.write(octal(Math.max(0, Math.floor(mtime)), 11), 136);
  block.write('        ', 148);
  block.write(typeFlag, 156);
  block.set(link.subarray(0, 100), 157);
  block.write('ustar\u000000', 257);
  block.write(octal(entry.device?.major ?? 0, 7), 329);
  block.write(octal(entry.device?.minor ?? 0, 7), 337);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** The lowest digits; a PAX record has the whole where that is more. */
function octal(value: number, digits: number): string {
  return value.toString(8).slice(-digits).padStart(digits, '0');
}

function paxRecords(name: Buffer, link: Buffer, { uid, gid, size, xattrs = {} }: FileEntry, mtime: number): Buffer {
  const records: [string, Buffer | string][] = [];
  if (!fits(name)) records.push(['path', name]);
  if (!fits(link)) records.push(['linkpath', link]);
  if (uid > 0o7777777) records.push(['uid', String(uid)]);
  if (gid > 0o7777777) records.push(['gid', String(gid)]);
  if (size > 0o77777777777) records.push(['size', String(size)]);
  if (mtime < 0 || mtime > 0o77777777777 || !Number.isInteger(mtime)) records.push(['mtime', String(mtime)]);
  const attributes = Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, hex] of attributes) records.push([`SCHILY.xattr.${key}`, Buffer.from(hex, 'hex')]);
  return Buffer.concat(records.map(([key, value]) => paxRecord(key, value)));
}

const fits = (text: Buffer): boolean => text.length <= 100 && text.every((byte) => byte >= 0x20 && byte < 0x7f);

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: Buffer | string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length + 1;
  while (rest.length + String(length).length !== length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
