export interface ElfPart {
  readonly name: string;
  readonly content: string | Uint8Array;
  /** PROGBITS, unless told. */
  readonly type?: number;
  /** Whether it is loaded: it then comes before those that are not. */
  readonly isLoaded?: boolean;
  /** Bytes between the part before and this one. */
  readonly gap?: Uint8Array;
}

const HEADER_BYTES = 64;
const SEGMENT_BYTES = 56;
const SECTION_BYTES = 64;
const ADDRESS = 0x400000;

/** A 64-bit little-endian ELF file of these sections, with one segment over those that are loaded, if any is. */
export function elfBytes(parts: readonly ElfPart[], tail: Uint8Array = new Uint8Array(0)): Buffer {
  const names = Buffer.from(`\0${[...parts.map(({ name }) => name), '.shstrtab'].join('\0')}\0`, 'latin1');
  const all: ElfPart[] = [...parts, { name: '.shstrtab', content: names, type: 3 }];
  const hasSegment = parts.some(({ isLoaded }) => isLoaded);
  const start = HEADER_BYTES + (hasSegment ? SEGMENT_BYTES : 0);
  const pieces: Buffer[] = [];
  const table = [Buffer.alloc(SECTION_BYTES)];
  let [at, loadedTo, nameAt] = [start, start, 1];
  for (const { name, content, type = 1, isLoaded = false, gap = new Uint8Array(0) } of all) {
    const bytes = Buffer.from(content);
    pieces.push(Buffer.from(gap), bytes);
    at += gap.length;
    const row = Buffer.alloc(SECTION_BYTES);
    row.writeUInt32LE(nameAt, 0);
    row.writeUInt32LE(type, 4);
    row.writeBigUInt64LE(isLoaded ? 2n : 0n, 8);
    row.writeBigUInt64LE(BigInt(isLoaded ? ADDRESS + at : 0), 16);
    row.writeBigUInt64LE(BigInt(at), 24);
    row.writeBigUInt64LE(BigInt(bytes.length), 32);
    table.push(row);
    at += bytes.length;
    if (isLoaded) loadedTo = at;
    nameAt += name.length + 1;
  }
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(3, 16);
  header.writeBigUInt64LE(BigInt(hasSegment ? HEADER_BYTES : 0), 32);
  header.writeBigUInt64LE(BigInt(at), 40);
  header.writeUInt16LE(SEGMENT_BYTES, 54);
  header.writeUInt16LE(hasSegment ? 1 : 0, 56);
  header.writeUInt16LE(SECTION_BYTES, 58);
  header.writeUInt16LE(table.length, 60);
  header.writeUInt16LE(table.length - 1, 62);
  const segment = Buffer.alloc(hasSegment ? SEGMENT_BYTES : 0);
  if (hasSegment) {
    segment.writeUInt32LE(1, 0);
    segment.writeBigUInt64LE(BigInt(ADDRESS), 16);
    segment.writeBigUInt64LE(BigInt(loadedTo), 32);
    segment.writeBigUInt64LE(BigInt(loadedTo), 40);
  }
  return Buffer.concat([header, segment, ...pieces, ...table, tail]);
}
