import { isElf } from './elf.js';

const LOAD = 1;
const MAX_SEGMENTS = 4096;

export interface ElfAddresses {
  /** Where in the file the byte is that a program sees at this address; `undefined` for one that is not in the file. */
  offsetOf(address: number | undefined): number | undefined;
}

interface Segment {
  readonly address: number;
  readonly offset: number;
  readonly bytes: number;
}

/** The loaded segments of an ELF file (System V ABI, "Program Header"), of 32 or 64 bits, in either byte order. */
export function readElfAddresses(bytes: Buffer): ElfAddresses | undefined {
  if (bytes.byteLength < 64 || !isElf(bytes)) return undefined;
  const is64 = bytes[4] === 2;
  const little = bytes[5] === 1;
  const half = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const word = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const address = (at: number) =>
    is64 ? Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at)) : word(at);
  const table = address(is64 ? 32 : 28);
  const entryBytes = half(is64 ? 54 : 42);
  const count = Math.min(half(is64 ? 56 : 44), MAX_SEGMENTS);
  const segments: Segment[] = [];
  for (let entry = 0; entry < count; entry += 1) {
    const at = table + entry * entryBytes;
    if (entryBytes < (is64 ? 56 : 32) || at + entryBytes > bytes.byteLength) break;
    if (word(at) !== LOAD) continue;
    segments.push(
      is64
        ? { offset: address(at + 8), address: address(at + 16), bytes: address(at + 32) }
        : { offset: address(at + 4), address: address(at + 8), bytes: address(at + 16) },
    );
  }
  return {
    offsetOf(sought) {
      if (sought === undefined) return undefined;
      const segment = segments.find(({ address: start, bytes: length }) => sought >= start && sought < start + length);
      return segment && segment.offset + (sought - segment.address);
    },
  };
}
