import { ImageVersionsError } from '../errors.js';
import { isTag, isVersion, VERSION_FORMS } from './version.js';

/** An assignment to `<prefix>_VER` in one line. */
interface Assignment {
  readonly prefix: string;
  readonly exported: boolean;
  /** What a shell would assign; `undefined` where only a shell can tell (`$(…)`, several words, another command behind). */
  readonly value: string | undefined;
}

/** One line, byte for byte. */
export interface VersionsLine {
  readonly text: string;
  readonly eol: '' | '\n' | '\r\n';
  readonly assignments: readonly Assignment[];
}

/** `image_versions.src`, of which no byte is lost. */
export interface VersionsFile {
  /** As errors name it. */
  readonly name: string;
  readonly byteOrderMark: string;
  readonly lines: readonly VersionsLine[];
}

/** The version that a line of `image_versions.src` gives an image. */
export interface Pin {
  /** `pin`: `x_VER="v1.2.3"`, ours to remove. `hold`: `export x_VER="v1.2.3"`, only a person's. */
  readonly kind: 'pin' | 'hold';
  readonly version: string;
}

/** The UTF-8 byte order mark, decoded as UTF-8 and as latin1. */
const BYTE_ORDER_MARK = /^(?:\uFEFF|\u00EF\u00BB\u00BF)/;
const ASSIGNMENT = /^[ \t]*(export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)_VER=(.*)/s;
/** Quoted without anything that a shell expands, or a plain word; then a comment, if anything. */
const VALUE = /^(?:"([^"$`\\!]*)"|'([^']*)'|([\w.+/:@%,=-]*))[ \t]*(?:;[ \t]*)?(?:(?<=[ \t;])#.*)?$/s;
const ANY_ASSIGNMENT = /(?<![A-Za-z0-9_])([A-Za-z_][A-Za-z0-9_]*)_VER=/g;

/** What a new versions file begins with. */
export const VERSIONS_FILE_INTRODUCTION = `# Versions of images that are pinned; they win over those in the generated file beside this one, which sources it.
#
#   <prefix>_VER="v1.2.3"         a pin: made by a release, removed when the content of the image changes. Remove it by
#                                 hand to have the image built afresh and published.
#   export <prefix>_VER="v1.2.3"  a hold: the image stays at this version until you change the line.
#
# All other lines stay as they are.
`;

/** Splits and recognises; never fails, whatever the text. Decode as latin1 and encode so again to keep bytes that are no UTF-8. */
export function parseVersionsFile(text: string, name = 'image_versions.src'): VersionsFile {
  const byteOrderMark = BYTE_ORDER_MARK.exec(text)?.[0] ?? '';
  const lines: VersionsLine[] = [];
  for (const piece of text.slice(byteOrderMark.length).match(/[^\n]*\n|[^\n]+/g) ?? []) {
    const eol = piece.endsWith('\r\n') ? '\r\n' : piece.endsWith('\n') ? '\n' : '';
    lines.push(parseLine(piece.slice(0, piece.length - eol.length), eol));
  }
  return { name, byteOrderMark, lines };
}

/** The inverse of `parseVersionsFile`. */
export function formatVersionsFile(file: VersionsFile): string {
  return file.byteOrderMark + file.lines.map((line) => line.text + line.eol).join('');
}

/** Every prefix that the file has a line for, in the order of their first. */
export function prefixesOf(file: VersionsFile): string[] {
  return [...new Set(file.lines.flatMap((line) => line.assignments.map(({ prefix }) => prefix)))];
}

/**
 * The version that the file gives `<prefix>_VER`; `undefined` without a line. As in a shell, the last assignment wins and
 * an `export` stays in force. A pin is a version, a hold any tag. Error `invalid`, which names file and line, for any other value,
 * and where a merge left a conflict, since either side may be meant.
 */
export function pinOf(file: VersionsFile, prefix: string): Pin | undefined {
  let pin: Pin | undefined;
  let exported = false;
  for (const { lineIndex, assignment } of assignmentsOf(file, prefix)) {
    exported ||= assignment.exported;
    const { value } = assignment;
    if (value === undefined || !(exported ? isTag(value) : isVersion(value))) throw badValue(file, lineIndex, prefix);
    pin = { kind: exported ? 'hold' : 'pin', version: value };
  }
  return pin;
}

/** The file without the automatic pins of these images: whole lines, all of an image's; holds stay. */
export function withoutPins(file: VersionsFile, prefixes: Iterable<string>): VersionsFile {
  const gone = new Set([...prefixes].filter((prefix) => pinOf(file, prefix)?.kind === 'pin'));
  return { ...file, lines: file.lines.filter((line) => !line.assignments.some(({ prefix }) => gone.has(prefix))) };
}

/**
 * The file with these images pinned at `version`: below a new header at its end, `# <date> -- <version>`. The line of an image
 * that is pinned at another version goes. An image that is held, or pinned at this version already, stays as it is; if
 * that is so of all, the file does. An empty file gets an introduction.
 */
export function withRelease(
  file: VersionsFile,
  release: { readonly version: string; readonly date: Date; readonly prefixes: Iterable<string> },
): VersionsFile {
  const { version, date } = release;
  const prefixes = [...new Set(release.prefixes)].filter((prefix) => {
    const pin = pinOf(file, prefix);
    return pin?.kind !== 'hold' && pin?.version !== version;
  });
  if (prefixes.length === 0) return file;
  if (file.lines.length === 0) return withRelease(parseVersionsFile(VERSIONS_FILE_INTRODUCTION, file.name), release);
  const eol = file.lines[0]?.eol || '\n';
  const kept = withoutPins(file, prefixes).lines.map((line) => (line.eol === '' ? { ...line, eol } : line));
  const added = [`# ${formatDate(date)} -- ${version}`, ...prefixes.map((prefix) => `${prefix}_VER="${version}"`)];
  return { ...file, lines: [...kept, ...added.map((text) => parseLine(text, eol))] };
}

interface PlacedAssignment {
  readonly lineIndex: number;
  readonly assignment: Assignment;
}

/** An index of each file, which is never changed: a run asks for every image of a large workspace. */
const placedAssignments = new WeakMap<VersionsFile, ReadonlyMap<string, readonly PlacedAssignment[]>>();

function assignmentsOf(file: VersionsFile, prefix: string): readonly PlacedAssignment[] {
  const known = placedAssignments.get(file);
  if (known !== undefined) return known.get(prefix) ?? [];
  const placed = new Map<string, PlacedAssignment[]>();
  for (const [lineIndex, line] of file.lines.entries()) {
    if (isConflict(line.text)) throw conflict(file, lineIndex);
    for (const assignment of line.assignments) {
      const list = placed.get(assignment.prefix);
      if (list === undefined) placed.set(assignment.prefix, [{ lineIndex, assignment }]);
      else list.push({ lineIndex, assignment });
    }
  }
  placedAssignments.set(file, placed);
  return placed.get(prefix) ?? [];
}

/** As `date -u` prints it: `Tue Aug 15 18:14:47 UTC 2023`. */
function formatDate(date: Date): string {
  const [day, dayOfMonth, month, year, time] = date.toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${String(Number(dayOfMonth)).padStart(2)} ${time} UTC ${year}`;
}

function parseLine(text: string, eol: VersionsLine['eol']): VersionsLine {
  const assignment = ASSIGNMENT.exec(text);
  if (assignment === null) return { text, eol, assignments: [] };
  const exported = assignment[1] !== undefined;
  const value = VALUE.exec(assignment[3] ?? '');
  if (value !== null) {
    return {
      text,
      eol,
      assignments: [{ prefix: assignment[2] ?? '', exported, value: value[1] ?? value[2] ?? value[3] }],
    };
  }
  const names = [...text.matchAll(ANY_ASSIGNMENT)].map((match) => match[1] ?? '');
  return { text, eol, assignments: names.map((prefix) => ({ prefix, exported, value: undefined })) };
}

function badValue(file: VersionsFile, index: number, prefix: string): ImageVersionsError {
  const text = JSON.stringify(file.lines[index]?.text.trim().slice(0, 140));
  return new ImageVersionsError(
    'invalid',
    `${file.name}, line ${index + 1}: expected ${prefix}_VER="<version>", the version being ${VERSION_FORMS}; got ${text}`,
    { hint: `Correct the line, or remove it to have the image built afresh. No version file was changed.` },
  );
}

/** As git marks where one side begins and the other ends. */
function isConflict(text: string): boolean {
  return /^(?:<{7}|>{7})(?: |$)/.test(text);
}

function conflict(file: VersionsFile, index: number): ImageVersionsError {
  return new ImageVersionsError('invalid', `${file.name}, line ${index + 1}: expected versions; got a merge conflict`, {
    hint: 'Choose a side, and remove the lines that git has put in. No version file was changed.',
  });
}
