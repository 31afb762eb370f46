import { FormatError, tryFormat } from '../formats/byte-reader.js';
import { type Elf, type ElfSection, isElf, type Range, readElf } from '../formats/elf.js';
import { BUILD_ID_HEAD_BYTES, isBuildId } from '../formats/elf-build-id.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'elf-debug-info';

/** What packages of a distribution bring lies here, and comes as they have it: most of an image, and not worth the time. */
const DISTRIBUTED = /^(?:usr\/(?!local\/)|s?bin\/|lib(?:32|64|x32)?\/)/;
/** But for extensions of languages, which are compiled into the same folders. */
const EXTENSIONS = /\/(?:site-packages|gems|node_modules|php\d*)\//;
/** What is compiled while an image is built is hardly larger, and what is has to be held in memory whole. */
const MAX_BYTES = 32 * 1024 * 1024;

const DEBUG = /^(?:\.rela?)?\.z?debug_\w+$|^\.gnu_debuglink$/;
/** PROGBITS, RELA and REL. */
const DEBUG_TYPES = [1, 4, 9];

/** Programs, libraries and objects, by all but what only a debugger reads. */
export const elfDebugInfo: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'Debug sections name the folder that a program was compiled in, and the build id is a sum over them too; neither is in what runs.',
  example:
    'An extension that pip compiled in /tmp/pip-install-0ghpqa8y and then in another such folder; hidden. One other byte of code, data or symbols, or anything of /usr/bin, is not.',
  default: true,
  matches: ({ path, head, size }) =>
    isElf(head) && size <= MAX_BYTES && (!DISTRIBUTED.test(path) || EXTENSIONS.test(path)),
  normalize: (content) =>
    tryFormat(() => {
      const elf = readElf(content);
      const gaps = gapsOf(elf);
      const hash = new FieldHash().add(NAME, elf.header, bytesOf(elf, elf.headers[1]));
      let hasNoise = false;
      for (const section of elf.sections) {
        const part = isDebugInfo(section, elf) ? withoutContent(section) : withoutBuildId(section, elf);
        hash.add(section.name, ...part.fields);
        hasNoise ||= part.hasNoise;
      }
      return hasNoise ? normalForm(NAME, hash.add('between sections', ...gaps)) : undefined;
    }),
};

interface Part {
  readonly fields: readonly Uint8Array[];
  readonly hasNoise: boolean;
}

function withoutContent({ header, sizeField }: ElfSection): Part {
  return { fields: [Buffer.from(header).fill(0, sizeField.from, sizeField.to)], hasNoise: true };
}

function withoutBuildId(section: ElfSection, elf: Elf): Part {
  const content = bytesOf(elf, section);
  const hasNoise = isBuildId(section.name, content);
  return { fields: [section.header, hasNoise ? content.subarray(0, BUILD_ID_HEAD_BYTES) : content], hasNoise };
}

function isDebugInfo({ name, type, isAllocated, from, to }: ElfSection, { segments }: Elf): boolean {
  if (isAllocated || !DEBUG_TYPES.includes(type) || !DEBUG.test(name)) return false;
  return segments.every((segment) => to <= segment.from || segment.to <= from);
}

/** What lies between the sections, or after them, but padding, each with its place among them. Throws a FormatError where two share bytes. */
function gapsOf({ bytes, headers, sections }: Elf): (number | Buffer)[] {
  const ranges = [...headers, ...sections].filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from);
  const gaps: Buffer[] = [];
  let end = 0;
  for (const { from, to } of [...ranges, { from: bytes.length, to: bytes.length }]) {
    if (from < end) throw new FormatError('elf: sections that overlap');
    gaps.push(bytes.subarray(end, from));
    end = to;
  }
  return gaps.flatMap((gap, place) => (gap.some((byte) => byte !== 0) ? [place, gap] : []));
}

function bytesOf({ bytes }: Elf, { from, to }: Range): Buffer {
  return bytes.subarray(from, to);
}
