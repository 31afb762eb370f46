const HASH_MAGIC = 0x00061561;
const PAGE_HEADER = 26;
const PAGE_TYPE = { hashUnsorted: 2, overflow: 7, hash: 13 } as const;
const ITEM_INLINE = 1;
const ITEM_OVERFLOW = 3;

/** A cursor over Berkeley DB's pages in the byte order of the machine that wrote them. */
interface Database {
  readonly content: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  readonly pageBytes: number;
  readonly pages: number;
}

/** Whether this is a Berkeley DB of type hash, as rpm's `Packages` was until rpm 4.16. */
export function isBdb(content: Uint8Array): boolean {
  return openDatabase(content) !== undefined;
}

/**
 * The headers in a Berkeley DB hash (db 5.3, src/dbinc/db_page.h): the values of all pairs, most of them on chains of overflow
 * pages. A chain that is broken or longer than the file is left out.
 */
export function* readBdb(content: Uint8Array): Generator<Uint8Array> {
  const database = openDatabase(content);
  if (!database) return;
  const { view, little, pageBytes, pages } = database;
  for (let page = 1; page < pages; page += 1) {
    const start = page * pageBytes;
    const type = view.getUint8(start + 25);
    if (type !== PAGE_TYPE.hash && type !== PAGE_TYPE.hashUnsorted) continue;
    const entries = Math.min(view.getUint16(start + 20, little), Math.floor((pageBytes - PAGE_HEADER) / 2));
    let previousItem = pageBytes;
    for (let at = 0; at < entries; at += 1) {
      const item = view.getUint16(start + PAGE_HEADER + at * 2, little);
      // Keys have even numbers, values odd ones; items lie from the page's end backwards.
      const value = at % 2 === 1 && item < pageBytes ? readItem(database, start, item, previousItem) : undefined;
      if (value) yield value;
      previousItem = item;
    }
  }
}

function openDatabase(content: Uint8Array): Database | undefined {
  if (content.byteLength < 512) return undefined;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const little = view.getUint32(12, true) === HASH_MAGIC;
  if (!little && view.getUint32(12, false) !== HASH_MAGIC) return undefined;
  const pageBytes = view.getUint32(20, little);
  if (pageBytes < 512 || pageBytes > 65_536 || (pageBytes & (pageBytes - 1)) !== 0) return undefined;
  return { content, view, little, pageBytes, pages: Math.floor(content.byteLength / pageBytes) };
}

function readItem(database: Database, page: number, item: number, end: number): Uint8Array | undefined {
  const { content, view, little, pageBytes } = database;
  const type = view.getUint8(page + item);
  if (type === ITEM_INLINE) return end > item ? content.subarray(page + item + 1, page + end) : undefined;
  if (type !== ITEM_OVERFLOW || item + 12 > pageBytes) return undefined;
  return readOverflow(database, view.getUint32(page + item + 4, little), view.getUint32(page + item + 8, little));
}

function readOverflow(database: Database, firstPage: number, length: number): Uint8Array | undefined {
  const { content, view, little, pageBytes, pages } = database;
  if (length > content.byteLength) return undefined;
  const value = new Uint8Array(length);
  let filled = 0;
  for (let page = firstPage; filled < length; ) {
    if (page === 0 || page >= pages) return undefined;
    const start = page * pageBytes;
    const bytes = Math.min(view.getUint16(start + 22, little), pageBytes - PAGE_HEADER, length - filled);
    if (view.getUint8(start + 25) !== PAGE_TYPE.overflow || bytes === 0) return undefined;
    value.set(content.subarray(start + PAGE_HEADER, start + PAGE_HEADER + bytes), filled);
    filled += bytes;
    page = view.getUint32(start + 16, little);
  }
  return value;
}
