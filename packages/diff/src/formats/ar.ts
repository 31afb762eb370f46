import { bufferOf, FormatError } from './byte-reader.js';

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;
const MAX_MEMBERS = 100_000;

/** A member of an ar archive, without time and owner. */
export interface ArMember {
  /** As written: `a.o/`, `/` for the symbol table, `/12` for a long name; BSD's `#1/20` resolved. */
  readonly name: string;
  readonly mode: string;
  readonly content: Buffer;
}

/** Whether these bytes start as an ar archive (not a thin one). */
export function isAr(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** The members of an ar archive (System V, GNU and BSD) in its order; throws a FormatError for what is not plain. */
export function readArMembers(archive: Uint8Array): ArMember[] {
  const bytes = bufferOf(archive);
  if (!isAr(bytes)) throw new FormatError('ar: no magic');
  const members: ArMember[] = [];
  let at = MAGIC.length;
  while (at < bytes.length) {
    const header = bytes.toString('latin1', at, at + HEADER_BYTES);
    const sizeText = header.slice(48, 58).trimEnd();
    if (header.length < HEADER_BYTES || !header.endsWith('`\n') || !/^\d+$/.test(sizeText))
      throw new FormatError('ar: bad header');
    const [start, end] = [at + HEADER_BYTES, at + HEADER_BYTES + Number(sizeText)];
    if (end > bytes.length) throw new FormatError('ar: cut');
    if (members.length === MAX_MEMBERS) throw new FormatError(`ar: more than ${MAX_MEMBERS} members`);
    members.push(memberOf(header, bytes.subarray(start, end)));
    at = end + (end % 2);
    if (end % 2 === 1 && end < bytes.length && bytes[end] !== 0x0a) throw new FormatError('ar: bad padding');
  }
  return members;
}

function memberOf(header: string, data: Buffer): ArMember {
  const name = header.slice(0, 16).trimEnd();
  const mode = header.slice(40, 48).trimEnd();
  const bsd = /^#1\/(\d+)$/.exec(name);
  if (bsd === null) return { name, mode, content: data };
  const length = Number(bsd[1]);
  if (length > data.length) throw new FormatError('ar: bad long name');
  return { name: `#1/${data.toString('latin1', 0, length)}`, mode, content: data.subarray(length) };
}
