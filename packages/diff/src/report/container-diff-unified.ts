import { type Edit, editsOf } from './container-diff-matcher.js';

const CONTEXT = 3;

/** Two texts as a unified diff (POSIX `diff -u`, three lines of context); empty where they are equal. */
export function unifiedDiff(nameA: string, textA: string, nameB: string, textB: string): string {
  const a = splitLines(textA);
  const b = splitLines(textB);
  const hunks = hunksOf(editsOf(a, b));
  if (hunks.length === 0) return '';
  return [`--- ${nameA}`, `+++ ${nameB}`, ...hunks.flatMap((edits) => printHunk(edits, a, b)), ''].join('\n');
}

/** A last line without a line end differs from one with it. */
function splitLines(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop();
  if (last !== undefined && last !== '') lines.push(`${last}\n\\ No newline at end of file`);
  return lines;
}

function hunksOf(edits: readonly Edit[]): Edit[][] {
  const hunks: Edit[][] = [];
  for (const edit of edits) {
    const last = hunks.at(-1)?.at(-1);
    if (last && edit.fromA - last.toA <= 2 * CONTEXT) hunks.at(-1)?.push(edit);
    else hunks.push([edit]);
  }
  return hunks;
}

function printHunk(edits: readonly Edit[], a: readonly string[], b: readonly string[]): string[] {
  const first = edits[0] as Edit;
  const last = edits.at(-1) as Edit;
  const before = Math.min(CONTEXT, first.fromA);
  const after = Math.min(CONTEXT, a.length - last.toA);
  const rangeA = printRange(first.fromA - before, last.toA + after);
  const rangeB = printRange(first.fromB - before, last.toB + after);
  let kept = first.fromA - before;
  const lines = edits.flatMap(({ fromA, toA, fromB, toB }) => {
    const from = kept;
    kept = toA;
    return [
      ...marked(' ', a.slice(from, fromA)),
      ...marked('-', a.slice(fromA, toA)),
      ...marked('+', b.slice(fromB, toB)),
    ];
  });
  return [`@@ -${rangeA} +${rangeB} @@`, ...lines, ...marked(' ', a.slice(kept, kept + after))];
}

function marked(sign: string, lines: readonly string[]): string[] {
  return lines.map((line) => `${sign}${line}`);
}

function printRange(from: number, to: number): string {
  const length = to - from;
  return length === 1 ? `${from + 1}` : `${length === 0 ? from : from + 1},${length}`;
}
