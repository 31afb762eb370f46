import { bufferOf, FormatError } from './byte-reader.js';

const NOBITS = 8;
const ALLOC = 2;
/** From here on a count of sections stands elsewhere. */
const MAX_SECTIONS = 0xfeff;
const MAX_SEGMENTS = 100;

/** Where the fields of the three kinds of headers lie (System V ABI, "Object Files"). */
const LAYOUTS = {
  32: {
    file: { bytes: 52, segments: 28, sections: 32, counts: 42 },
    segment: { bytes: 32, offset: 4, size: 16 },
    section: { bytes: 40, flags: 8, offset: 16, size: 20 },
  },
  64: {
    file: { bytes: 64, segments: 32, sections: 40, counts: 54 },
    segment: { bytes: 56, offset: 8, size: 32 },
    section: { bytes: 64, flags: 8, offset: 24, size: 32 },
  },
} as const;

/** Some bytes of a file. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A section; its range is empty where it has no bytes in the file. */
export interface ElfSection extends Range {
  readonly name: string;
  readonly type: number;
  /** Whether it is in memory while the program runs. */
  readonly isAllocated: boolean;
  /** Its header, without its place in the file where it is not allocated. */
  readonly header: Buffer;
  /** Where its size stands in that header. */
  readonly sizeField: Range;
}

export interface Elf {
  readonly bytes: Buffer;
  /** The header of the file, without the place of the section headers. */
  readonly header: Buffer;
  readonly sections: readonly ElfSection[];
  /** What is mapped into memory, or otherwise named by a program header. */
  readonly segments: readonly Range[];
  /** The headers of the file, of the segments and of the sections. */
  readonly headers: readonly [file: Range, segments: Range, sections: Range];
}

/** Whether these bytes start as an ELF file. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
}

/** An ELF file of 32 or 64 bits, in either byte order; throws a FormatError for one without sections. */
export function readElf(content: Uint8Array): Elf {
  const bytes = bufferOf(content);
  const is64 = bytes[4] === 2;
  const isLittle = bytes[5] === 1;
  const layout = LAYOUTS[is64 ? 64 : 32];
  const half = (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const word = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const long = (at: number) => {
    const value = Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    if (!Number.isSafeInteger(value)) throw new FormatError('elf: a number out of bounds');
    return value;
  };
  const address = is64 ? long : word;
  const range = (from: number, size: number): Range => {
    if (from + size > bytes.length) throw new FormatError('elf: cut');
    return { from, to: from + size };
  };
  const table = (start: number, counts: number, rowBytes: number, most: number): Range => {
    const count = half(counts + 2);
    if (count > most || (count > 0 && half(counts) !== rowBytes)) throw new FormatError('elf: odd headers');
    return range(address(start), count * rowBytes);
  };

  if (!isElf(bytes)) throw new FormatError('elf: no magic');
  const { file } = layout;
  const segmentTable = table(file.segments, file.counts, layout.segment.bytes, MAX_SEGMENTS);
  const sectionTable = table(file.sections, file.counts + 4, layout.section.bytes, MAX_SECTIONS);
  const namesIndex = half(file.counts + 8);

  const rawSections = rows(sectionTable, layout.section.bytes).map((at) => {
    const type = word(at + 4);
    const [offset, size] = [address(at + layout.section.offset), address(at + layout.section.size)];
    return { at, type, ...(type === NOBITS ? range(0, 0) : range(offset, size)) };
  });
  const names = rawSections[namesIndex];
  if (names === undefined) throw new FormatError('elf: no names');
  const nameAt = (offset: number): string => {
    const start = names.from + offset;
    const end = bytes.indexOf(0, start);
    if (end < start || end >= names.to) throw new FormatError('elf: bad name');
    return bytes.toString('latin1', start, end);
  };
  const addressBytes = is64 ? 8 : 4;
  const copyWithout = ({ from, to }: Range, field: number): Buffer =>
    Buffer.from(bytes.subarray(from, to)).fill(0, field, field + addressBytes);
  const sections = rawSections.map(({ at, type, from, to }): ElfSection => {
    const isAllocated = (address(at + layout.section.flags) & ALLOC) !== 0;
    const row = { from: at, to: at + layout.section.bytes };
    return {
      name: nameAt(word(at)),
      type,
      isAllocated,
      from,
      to,
      header: isAllocated ? bytes.subarray(row.from, row.to) : copyWithout(row, layout.section.offset),
      sizeField: { from: layout.section.size, to: layout.section.size + addressBytes },
    };
  });
  return {
    bytes,
    header: copyWithout(range(0, file.bytes), file.sections),
    sections,
    segments: rows(segmentTable, layout.segment.bytes).map((at) =>
      range(address(at + layout.segment.offset), address(at + layout.segment.size)),
    ),
    headers: [range(0, file.bytes), segmentTable, sectionTable],
  };
}

function rows({ from, to }: Range, bytes: number): number[] {
  return Array.from({ length: (to - from) / bytes }, (_, index) => from + index * bytes);
}
