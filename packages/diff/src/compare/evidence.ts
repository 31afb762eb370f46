import type { LayerEntry, NormalForm, Part } from '../layer/entry.js';
import type { Difference } from './differences.js';
import { modeOf, xattrsOf } from './identity.js';

/** Pieces of one file that are named; the rest is counted. */
const MAX_PIECES = 3;

/** One line that says how the two sides differ. */
export function detailOf({ before, after }: Difference): string {
  if (before === undefined) return after === undefined ? '' : described(after);
  if (after === undefined) return described(before);
  const said: string[] = [];
  if (before.type !== after.type) said.push(`${described(before)} -> ${described(after)}`);
  else if (before.linkTarget !== after.linkTarget) said.push(`-> ${before.linkTarget} became -> ${after.linkTarget}`);
  if (before.type === after.type && modeOf(before) !== modeOf(after))
    said.push(`mode ${octal(before)} -> ${octal(after)}`);
  if (before.uid !== after.uid || before.gid !== after.gid) said.push(`owner ${owner(before)} -> ${owner(after)}`);
  said.push(...changedXattrs(before, after));
  if (device(before) !== device(after)) said.push(`device ${device(before)} -> ${device(after)}`);
  if (before.type === 'file' && after.type === 'file' && before.digest !== after.digest) {
    const pieces = changedPieces(before.normal, after.normal);
    if (pieces !== undefined) said.push(pieces);
    else if (!isSameForm(before.normal, after.normal)) said.push(changedBytes(before.size, after.size));
  }
  return said.join('; ');
}

function described(entry: LayerEntry): string {
  if (entry.type === 'file') return `file, ${bytes(entry.size)}`;
  if (entry.type === 'symlink') return `symlink -> ${entry.linkTarget}`;
  if (entry.type === 'hardlink') return `hard link to nothing: /${entry.linkTarget}`;
  return entry.type;
}

function changedXattrs(before: LayerEntry, after: LayerEntry): string[] {
  const was = new Map(xattrsOf(before));
  const is = new Map(xattrsOf(after));
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((name) => was.get(name) !== is.get(name))
    .map((name) => `attribute ${name} ${!was.has(name) ? 'added' : !is.has(name) ? 'removed' : 'changed'}`);
}

function isSameForm(before: NormalForm | undefined, after: NormalForm | undefined): boolean {
  return before !== undefined && before.rule === after?.rule && before.digest === after.digest;
}

/** `a/B.class changed, c added, 3 more`; `undefined` where the rule named no pieces or they are all equal. */
function changedPieces(before: NormalForm | undefined, after: NormalForm | undefined): string | undefined {
  if (before?.parts === undefined || after?.parts === undefined || before.rule !== after.rule) return undefined;
  const pieces = comparedParts(before.parts, after.parts);
  if (pieces.length === 0) return undefined;
  const named = pieces.slice(0, MAX_PIECES).map(({ name, action, text }) => `${name} ${text ?? action}`);
  return [...named, ...(pieces.length > MAX_PIECES ? [`${pieces.length - MAX_PIECES} more`] : [])].join(', ');
}

export interface ComparedPart {
  readonly name: string;
  readonly action: 'added' | 'removed' | 'changed';
  /** The two values, where they say something to a person. */
  readonly text?: string;
}

/** Parts that differ, by name. */
export function comparedParts(before: readonly Part[], after: readonly Part[]): ComparedPart[] {
  const was = new Map(before.map((part) => [part.name, part.value]));
  const is = new Map(after.map((part) => [part.name, part.value]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((name): ComparedPart[] => {
    const [a, b] = [was.get(name), is.get(name)];
    if (a === b) return [];
    if (a === undefined) return [{ name, action: 'added' }];
    if (b === undefined) return [{ name, action: 'removed' }];
    return [{ name, action: 'changed', ...(isReadable(a) && isReadable(b) && { text: `${a} -> ${b}` }) }];
  });
}

function isReadable(value: string): boolean {
  return value !== '' && value.length <= 40 && !/[0-9a-f]{16}/.test(value);
}

function changedBytes(before: number, after: number): string {
  if (before === after) return `content changed, ${bytes(after)} as before`;
  const [was, is] = [bytes(before), bytes(after)];
  if (was !== is) return `content changed, ${was} -> ${is}`;
  return `content changed, ${is}, ${bytes(Math.abs(after - before))} ${after > before ? 'more' : 'less'}`;
}

function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  const [unit, power] = size < 1e6 ? ['kB', 1e3] : size < 1e9 ? ['MB', 1e6] : ['GB', 1e9];
  return `${(size / power).toFixed(1)} ${unit}`;
}

function octal(entry: LayerEntry): string {
  return entry.mode.toString(8).padStart(4, '0');
}

function owner({ uid, gid }: LayerEntry): string {
  return `${uid}:${gid}`;
}

function device({ device }: LayerEntry): string {
  return device ? `${device.major}:${device.minor}` : 'none';
}
