const HEADER_MAGIC = 0x506d7052;
const SLOT_MAGIC = 0x746f6c53;
const BLOB_MAGIC = 0x53626c42;
const PAGE_BYTES = 4096;
const SLOT_BYTES = 16;
const BLOCK_BYTES = 16;

/** Whether this is a `Packages.db` of rpm's backend ndb. */
export function isNdb(content: Uint8Array): boolean {
  return content.byteLength >= 32 && viewOf(content).getUint32(0, true) === HEADER_MAGIC;
}

/** The headers in an ndb database (rpm 4.18, lib/backend/ndb/rpmpkg.c). Slots that point out of the file are left out. */
export function* readNdb(content: Uint8Array): Generator<Uint8Array> {
  const view = viewOf(content);
  const slotsEnd = Math.min(view.getUint32(12, true) * PAGE_BYTES, content.byteLength);
  // The file's own header takes the place of the first two slots.
  for (let at = 2 * SLOT_BYTES; at + SLOT_BYTES <= slotsEnd; at += SLOT_BYTES) {
    if (view.getUint32(at, true) !== SLOT_MAGIC) return;
    const packageIndex = view.getUint32(at + 4, true);
    const blob = view.getUint32(at + 8, true) * BLOCK_BYTES;
    if (packageIndex === 0 || blob === 0 || blob + BLOCK_BYTES > content.byteLength) continue;
    if (view.getUint32(blob, true) !== BLOB_MAGIC || view.getUint32(blob + 4, true) !== packageIndex) continue;
    const start = blob + BLOCK_BYTES;
    const length = view.getUint32(blob + 12, true);
    if (start + length <= content.byteLength) yield content.subarray(start, start + length);
  }
}

function viewOf(content: Uint8Array): DataView {
  return new DataView(content.buffer, content.byteOffset, content.byteLength);
}
