import { bufferOf } from './byte-reader.js';
import { readElfAddresses } from './elf-addresses.js';
import { latin1 } from './text.js';

/** `\xff Go buildinf:`, then the size of a pointer, then flags (debug/buildinfo). */
const MAGIC = Buffer.from('\xff Go buildinf:', 'latin1');
const ALIGNMENT = 16;
const FLAG_BIG_ENDIAN = 1;
const FLAG_INLINE = 2;
/** A module list stands between two marks of 16 bytes (cmd/go/internal/modload). */
const MARK_BYTES = 16;
/** The smallest program that Go's linker makes is larger. */
export const MIN_GO_PROGRAM_BYTES = 256 * 1024;
const MAX_MODULES_TEXT = 16 * 1024 * 1024;

/** What Go says of itself in a program (runtime/debug.BuildInfo). */
export interface GoBuildInfo {
  readonly goVersion: string;
  /** Lines of modules and settings, in UTF-8. */
  readonly modules: Buffer;
}

/** In the form of Go 1.18 and the older one; `undefined` where there is none. */
export function readGoBuildInfo(content: Uint8Array): GoBuildInfo | undefined {
  const bytes = bufferOf(content);
  for (let at = bytes.indexOf(MAGIC); at !== -1; at = bytes.indexOf(MAGIC, at + 1)) {
    if (at % ALIGNMENT !== 0 || at + 32 > bytes.byteLength) continue;
    const flags = bytes[at + 15] ?? 0;
    const info =
      (flags & FLAG_INLINE) !== 0
        ? readInline(bytes, at + 32)
        : readByPointer(bytes, at, (flags & FLAG_BIG_ENDIAN) !== 0);
    if (info?.goVersion.startsWith('go') || info?.goVersion.startsWith('devel')) return info;
  }
  return undefined;
}

function readInline(bytes: Buffer, at: number): GoBuildInfo | undefined {
  const version = readPrefixed(bytes, at);
  const modules = version && readPrefixed(bytes, version.next);
  return version && modules && { goVersion: latin1(version.value), modules: withoutMarks(modules.value) };
}

/** A string behind its length (encoding/binary, Uvarint). */
function readPrefixed(bytes: Buffer, at: number): { value: Buffer; next: number } | undefined {
  let length = 0;
  for (let read = 0; read < 5; read += 1) {
    const byte = bytes[at + read];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * read);
    if (byte >= 0x80) continue;
    const start = at + read + 1;
    if (length > MAX_MODULES_TEXT || start + length > bytes.byteLength) return undefined;
    return { value: bytes.subarray(start, start + length), next: start + length };
  }
  return undefined;
}

/** Until Go 1.17: two pointers to strings, each of them a pointer and a length. */
function readByPointer(bytes: Buffer, at: number, bigEndian: boolean): GoBuildInfo | undefined {
  const elf = readElfAddresses(bytes);
  const pointerBytes = bytes[at + 14];
  if (!elf || (pointerBytes !== 4 && pointerBytes !== 8)) return undefined;
  const pointer = (offset: number | undefined) => {
    if (offset === undefined || offset + pointerBytes > bytes.byteLength) return undefined;
    if (pointerBytes === 4) return bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
    return Number(bigEndian ? bytes.readBigUInt64BE(offset) : bytes.readBigUInt64LE(offset));
  };
  const string = (offset: number) => {
    const header = elf.offsetOf(pointer(offset));
    const start = elf.offsetOf(pointer(header));
    const length = header === undefined ? undefined : pointer(header + pointerBytes);
    if (start === undefined || length === undefined || length > MAX_MODULES_TEXT) return undefined;
    return start + length <= bytes.byteLength ? bytes.subarray(start, start + length) : undefined;
  };
  const version = string(at + 16);
  const modules = string(at + 16 + pointerBytes);
  return version && { goVersion: latin1(version), modules: modules ? withoutMarks(modules) : Buffer.alloc(0) };
}

function withoutMarks(modules: Buffer): Buffer {
  const isMarked = modules.byteLength >= 2 * MARK_BYTES + 1 && modules.at(-MARK_BYTES - 1) === 0x0a;
  return isMarked ? modules.subarray(MARK_BYTES, -MARK_BYTES) : Buffer.alloc(0);
}
