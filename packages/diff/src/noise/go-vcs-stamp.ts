import { tryFormat } from '../formats/byte-reader.js';
import { isElf, type Range, readElf } from '../formats/elf.js';
import { BUILD_ID_HEAD_BYTES, isBuildId } from '../formats/elf-build-id.js';
import { MIN_GO_PROGRAM_BYTES, readGoBuildInfo } from '../formats/go-build-info.js';
import { latin1 } from '../formats/text.js';
import { FieldHash, normalForm } from './normal-form.js';
import type { ContentRule } from './rule.js';

const NAME = 'go-vcs-stamp';

const BUILD_INFO = '.go.buildinfo';
/** Of the text in a program; Go's linker writes it twice. */
const MAX_PLACES = 8;

const REVISION = /^build\tvcs\.revision=([0-9a-f]{40,64})$/dm;
const TIME = /^build\tvcs\.time=([^\n]+)$/dm;
/** Without a tag, Go takes the commit's time and the start of its id for the version of the program's own module. */
const OWN_VERSION = /^mod\t[^\t\n]*\tv[^\t\n]*?(\d{14}-([0-9a-f]{12}))(?:\+\w+)?\t/dm;

/** Go programs, by all but the commit that they were built from. */
export const goVcsStamp: ContentRule = {
  kind: 'content',
  name: NAME,
  reason:
    'Where .git is at hand, Go writes the commit into the program and makes the build id of it too; as in git.properties it says when the build was, not what it made.',
  example:
    'vcs.revision, vcs.time and the version v0.0.0-20260102030405-0123456789ab of the program itself; hidden. Another tag for a version, a version that -ldflags sets, or one other byte is not.',
  default: true,
  matches: ({ head, mode, size }) => size >= MIN_GO_PROGRAM_BYTES && (mode & 0o111) !== 0 && isElf(head),
  normalize: (content) =>
    tryFormat(() => {
      const { bytes, sections } = readElf(content);
      // Most programs are not of Go, which this tells without looking at all of their bytes.
      const info = sections.some(({ name }) => name === BUILD_INFO) ? readGoBuildInfo(content) : undefined;
      const stamps = info && stampsIn(latin1(info.modules));
      if (info === undefined || stamps === undefined) return undefined;
      const places = placesOf(info.modules, bytes);
      if (places.length > MAX_PLACES) return undefined;
      const hidden = places.flatMap((at) => stamps.map(({ from, to }) => ({ from: at + from, to: at + to })));
      const ids = sections
        .filter(({ name, from, to }) => isBuildId(name, bytes.subarray(from, to)))
        .map(({ from, to }) => ({ from: from + BUILD_ID_HEAD_BYTES, to }));
      return normalForm(NAME, new FieldHash().add(NAME, ...withoutRanges(bytes, [...hidden, ...ids])));
    }),
};

/** Where the commit stands in the text of the build information; `undefined` where it is not there. */
function stampsIn(text: string): Range[] | undefined {
  const revision = REVISION.exec(text);
  if (revision === null) return undefined;
  const version = OWN_VERSION.exec(text);
  const isOfCommit = version !== null && revision[1]?.startsWith(version[2] ?? '-') === true;
  return [revision, TIME.exec(text), isOfCommit ? version : null].flatMap((match) => {
    const [from, to] = match?.indices?.[1] ?? [];
    return from === undefined || to === undefined ? [] : [{ from, to }];
  });
}

/** Where the text stands: in the section for it, and where the program itself reads it. No more than one too many. */
function placesOf(text: Buffer, bytes: Buffer): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(text); at !== -1 && places.length <= MAX_PLACES; at = bytes.indexOf(text, at + 1))
    places.push(at);
  return places;
}

/** What lies between these ranges, each followed by the length of what is left out. */
function withoutRanges(bytes: Buffer, ranges: readonly Range[]): (Buffer | number)[] {
  const parts: (Buffer | number)[] = [];
  let at = 0;
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    parts.push(bytes.subarray(at, from), to - from);
    at = to;
  }
  return [...parts, bytes.subarray(at)];
}
