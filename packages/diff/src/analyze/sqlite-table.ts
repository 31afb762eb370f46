const MAGIC = 'SQLite format 3\0';
const PAGE = { interior: 0x05, leaf: 0x0d } as const;
/** A b-tree of 2^32 pages is less deep than this (sqlite.org/fileformat2.html, "B-tree Pages"). */
const MAX_DEPTH = 40;

interface Database {
  readonly content: Uint8Array;
  readonly view: DataView;
  readonly pageBytes: number;
  /** Page size less the bytes reserved at each page's end. */
  readonly usable: number;
  readonly pages: number;
}

type Value = Uint8Array | number | undefined;

export function isSqlite(content: Uint8Array): boolean {
  return content.byteLength >= 512 && Buffer.from(content.subarray(0, 16)).toString('latin1') === MAGIC;
}

/**
 * The rows of one table of an SQLite 3 file (sqlite.org/fileformat2.html): texts and blobs as bytes, integers up to 32 bits as
 * numbers, all else `undefined`. Reads the file alone: what a write-ahead log beside it holds is not seen. Pages that
 * point out of the file, or to one seen before, are left out.
 */
export function* readTable(content: Uint8Array, table: string): Generator<readonly Value[]> {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const pageBytes = view.getUint16(16) === 1 ? 65_536 : view.getUint16(16);
  if (pageBytes < 512) return;
  const usable = pageBytes - view.getUint8(20);
  const database = { content, view, pageBytes, usable, pages: Math.floor(content.byteLength / pageBytes) };
  for (const [type, name, , root] of readPages(database, 1, new Set(), 0)) {
    if (textOf(type) === 'table' && textOf(name) === table && typeof root === 'number') {
      yield* readPages(database, root, new Set(), 0);
      return;
    }
  }
}

function textOf(value: Value): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : undefined;
}

function* readPages(db: Database, page: number, seen: Set<number>, depth: number): Generator<readonly Value[]> {
  if (page < 1 || page > db.pages || seen.has(page) || depth > MAX_DEPTH) return;
  seen.add(page);
  const start = (page - 1) * db.pageBytes;
  const header = page === 1 ? start + 100 : start;
  const type = db.view.getUint8(header);
  if (type !== PAGE.interior && type !== PAGE.leaf) return;
  const pointers = header + (type === PAGE.interior ? 12 : 8);
  const cells = Math.min(db.view.getUint16(header + 3), Math.floor((start + db.pageBytes - pointers) / 2));
  for (let cell = 0; cell < cells; cell += 1) {
    const at = start + db.view.getUint16(pointers + cell * 2);
    if (at + 4 > start + db.pageBytes) continue;
    if (type === PAGE.interior) yield* readPages(db, db.view.getUint32(at), seen, depth + 1);
    else {
      const payload = readPayload(db, at, start + db.usable);
      if (payload) yield readRecord(payload);
    }
  }
  if (type === PAGE.interior) yield* readPages(db, db.view.getUint32(header + 8), seen, depth + 1);
}

/** A cell's payload, from its page and its chain of overflow pages ("Cell Payload Overflow Pages"). */
function readPayload(db: Database, cell: number, pageEnd: number): Uint8Array | undefined {
  const [length, afterLength] = readVarint(db.content, cell);
  const [, start] = readVarint(db.content, afterLength);
  if (length > db.content.byteLength) return undefined;
  const most = db.usable - 35;
  if (length <= most) return start + length <= pageEnd ? db.content.subarray(start, start + length) : undefined;
  const least = Math.floor(((db.usable - 12) * 32) / 255) - 23;
  const spill = least + ((length - least) % (db.usable - 4));
  const local = spill <= most ? spill : least;
  if (start + local + 4 > pageEnd) return undefined;
  const payload = new Uint8Array(length);
  payload.set(db.content.subarray(start, start + local));
  let filled = local;
  for (let page = db.view.getUint32(start + local); filled < length; ) {
    if (page < 1 || page > db.pages) return undefined;
    const at = (page - 1) * db.pageBytes;
    const bytes = Math.min(db.usable - 4, length - filled);
    payload.set(db.content.subarray(at + 4, at + 4 + bytes), filled);
    filled += bytes;
    page = db.view.getUint32(at);
  }
  return payload;
}

/** "Record Format": a header of serial types, then the values. */
function readRecord(payload: Uint8Array): Value[] {
  const values: Value[] = [];
  const [headerBytes, first] = readVarint(payload, 0);
  let value = headerBytes;
  for (let at = first; at < headerBytes && at < payload.byteLength; ) {
    const [serial, next] = readVarint(payload, at);
    at = next;
    const bytes = serial >= 12 ? Math.floor((serial - 12) / 2) : ([0, 1, 2, 3, 4, 6, 8, 8, 0, 0][serial] ?? 0);
    const content = payload.subarray(value, value + bytes);
    if (serial >= 12) values.push(content);
    else if (serial >= 1 && serial <= 4 && content.byteLength === bytes)
      values.push(Buffer.from(content).readIntBE(0, bytes));
    else values.push(serial === 8 ? 0 : serial === 9 ? 1 : undefined);
    value += bytes;
  }
  return values;
}

/** The number and where it ends. Numbers past 2^53 lose their last bits; no length or page is that large. */
function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let read = 0; read < 9; read += 1) {
    const byte = bytes[at + read] ?? 0;
    if (read === 8) return [value * 256 + byte, at + 9];
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + read + 1];
  }
  return [value, at + 9];
}
