import { bufferOf, FormatError } from './byte-reader.js';

const MAGIC = 'SQLite format 3\0';
const FILE_HEADER_BYTES = 100;
const INTERIOR = 0x05;
const LEAF = 0x0d;
const MAX_DEPTH = 20;

type SqliteValue = Buffer | number | undefined;

/** Whether these bytes start as an SQLite 3 database. */
export function isSqlite(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/**
 * All rows of one table (sqlite.org/fileformat2.html): blobs and texts as bytes, integers of up to 48 bits as numbers, all else
 * `undefined`. Strict, since a row that is passed over would be a change that is not seen: what does not add up throws
 * a FormatError.
 */
export function readSqliteTable(content: Uint8Array, table: string): SqliteValue[][] {
  const pages = new Pages(content);
  const schema = pages.rows(1);
  const root = schema.find(([type, name]) => String(type) === 'table' && String(name) === table)?.[3];
  if (typeof root !== 'number') throw new FormatError(`sqlite: no table ${table}`);
  return pages.rows(root);
}

class Pages {
  readonly #bytes: Buffer;
  readonly #pageBytes: number;
  readonly #usable: number;
  /** Rows never overlap, so all of them together are no larger than the file. */
  #bytesLeft: number;

  constructor(content: Uint8Array) {
    this.#bytes = bufferOf(content);
    if (!isSqlite(this.#bytes) || this.#bytes.length < FILE_HEADER_BYTES) throw new FormatError('sqlite: no database');
    this.#bytesLeft = this.#bytes.length;
    const size = this.#bytes.readUInt16BE(16);
    this.#pageBytes = size === 1 ? 65_536 : size;
    this.#usable = this.#pageBytes - (this.#bytes[20] as number);
    const isWhole = this.#bytes.length % this.#pageBytes === 0;
    if (this.#pageBytes < 512 || this.#usable < 480 || !isWhole) throw new FormatError('sqlite: pages of a wrong size');
  }

  /** The rows of the table b-tree whose root is `root`, by row number. */
  rows(root: number): SqliteValue[][] {
    const rows: SqliteValue[][] = [];
    this.#visit(root, new Set(), 0, rows);
    return rows;
  }

  #page(number: number): Buffer {
    const start = (number - 1) * this.#pageBytes;
    if (number < 1 || start >= this.#bytes.length) throw new FormatError(`sqlite: no page ${number}`);
    return this.#bytes.subarray(start, start + this.#pageBytes);
  }

  #visit(number: number, seen: Set<number>, depth: number, rows: SqliteValue[][]): void {
    if (seen.has(number) || depth > MAX_DEPTH) throw new FormatError('sqlite: a tree with a circle');
    seen.add(number);
    const page = this.#page(number);
    const start = number === 1 ? FILE_HEADER_BYTES : 0;
    const type = page[start];
    if (type !== INTERIOR && type !== LEAF) throw new FormatError('sqlite: a page of another kind in a table');
    const pointers = start + (type === INTERIOR ? 12 : 8);
    const count = page.readUInt16BE(start + 3);
    for (let index = 0; index < count; index++) {
      const cell = page.readUInt16BE(pointers + index * 2);
      if (type === INTERIOR) this.#visit(page.readUInt32BE(cell), seen, depth + 1, rows);
      else rows.push(readRecord(this.#payload(page, cell)));
    }
    if (type === INTERIOR) this.#visit(page.readUInt32BE(start + 8), seen, depth + 1, rows);
  }

  /** "Cell Payload Overflow Pages": what does not fit is on a chain of pages. */
  #payload(page: Buffer, cell: number): Buffer {
    const [length, afterLength] = readVarint(page, cell);
    const [, start] = readVarint(page, afterLength);
    this.#bytesLeft -= length;
    if (this.#bytesLeft < 0) throw new FormatError('sqlite: rows larger than the file');
    const most = this.#usable - 35;
    const least = Math.floor(((this.#usable - 12) * 32) / 255) - 23;
    const spill = least + ((length - least) % (this.#usable - 4));
    const local = length <= most ? length : spill <= most ? spill : least;
    if (start + local > this.#usable) throw new FormatError('sqlite: a row that leaves its page');
    const pieces = [page.subarray(start, start + local)];
    let left = length - local;
    let next = left > 0 ? page.readUInt32BE(start + local) : 0;
    while (left > 0) {
      const overflow = this.#page(next);
      const piece = overflow.subarray(4, 4 + Math.min(left, this.#usable - 4));
      pieces.push(piece);
      left -= piece.length;
      next = overflow.readUInt32BE(0);
    }
    return Buffer.concat(pieces);
  }
}

/** "Record Format": a header of serial types, then the values. */
function readRecord(payload: Buffer): SqliteValue[] {
  const [headerBytes, first] = readVarint(payload, 0);
  const values: SqliteValue[] = [];
  let value = headerBytes;
  for (let at = first; at < headerBytes; ) {
    const [serial, next] = readVarint(payload, at);
    at = next;
    const length = serial >= 12 ? Math.floor((serial - 12) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8, 0, 0][serial] ?? 0);
    if (value + length > payload.length) throw new FormatError('sqlite: a row that is cut');
    const bytes = payload.subarray(value, value + length);
    if (serial >= 12) values.push(bytes);
    else if (serial >= 1 && serial <= 5) values.push(bytes.readIntBE(0, length));
    else values.push(serial === 8 ? 0 : serial === 9 ? 1 : undefined);
    value += length;
  }
  return values;
}

/** The number and where it ends; a number of more than 53 bits is no length or page of a real file. */
function readVarint(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let read = 0; read < 8; read++) {
    const byte = bytes.readUInt8(at + read);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + read + 1];
  }
  return [value, at + 9];
}
