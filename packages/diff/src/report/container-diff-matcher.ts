import { addTo } from '../layer/groups.js';

type Places = ReadonlyMap<string, readonly number[]>;

/** The part of both lists that is looked at: `a` from and to, `b` from and to. */
type Range = readonly [fromA: number, toA: number, fromB: number, toB: number];

/** A run of equal lines: where it begins in either list, and its length. */
interface Block {
  a: number;
  b: number;
  length: number;
}

/** Lines `[fromA, toA)` of one text in the place of which the other has `[fromB, toB)`. */
export interface Edit {
  readonly fromA: number;
  readonly toA: number;
  readonly fromB: number;
  readonly toB: number;
}

/** From this length on, difflib does not look for lines that are more than a hundredth of the list. */
const POPULAR_FROM = 200;

/** What was added to and deleted from a list, in order. */
export function diffLists(a: readonly string[], b: readonly string[]): { adds: string[]; dels: string[] } {
  const edits = editsOf(a, b);
  return {
    adds: edits.flatMap(({ fromB, toB }) => b.slice(fromB, toB)),
    dels: edits.flatMap(({ fromA, toA }) => a.slice(fromA, toA)),
  };
}

/** What lies between the lines that stayed, in order. */
export function editsOf(a: readonly string[], b: readonly string[]): Edit[] {
  const edits: Edit[] = [];
  let [atA, atB] = [0, 0];
  for (const block of [...matchingBlocks(a, b), { a: a.length, b: b.length, length: 0 }]) {
    if (block.a > atA || block.b > atB) edits.push({ fromA: atA, toA: block.a, fromB: atB, toB: block.b });
    atA = block.a + block.length;
    atB = block.b + block.length;
  }
  return edits;
}

/**
 * The runs of lines that stayed, in order, as Python's difflib (and container-diff with it) sees it: the longest run that both
 * lists have, and so on to its left and right.
 */
function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const blocks: Block[] = [];
  const places = placesOf(b);
  const ranges: Range[] = [[0, a.length, 0, b.length]];
  for (let range = ranges.pop(); range; range = ranges.pop()) {
    const block = extend(longestRun(a, places, range), a, b, range);
    if (block.length === 0) continue;
    blocks.push(block);
    const [fromA, toA, fromB, toB] = range;
    ranges.push([fromA, block.a, fromB, block.b], [block.a + block.length, toA, block.b + block.length, toB]);
  }
  return blocks.sort((x, y) => x.a - y.a);
}

function placesOf(lines: readonly string[]): Places {
  const places = new Map<string, number[]>();
  for (const [at, line] of lines.entries()) addTo(places, line, at);
  if (lines.length < POPULAR_FROM) return places;
  const most = Math.floor(lines.length / 100) + 1;
  return new Map([...places].filter(([, where]) => where.length <= most));
}

/** The earliest of the longest runs that both ranges have. */
function longestRun(a: readonly string[], places: Places, [fromA, toA, fromB, toB]: Range): Block {
  let best: Block = { a: fromA, b: fromB, length: 0 };
  let lengths = new Map<number, number>();
  for (let at = fromA; at < toA; at += 1) {
    const next = new Map<number, number>();
    for (const place of places.get(a[at] ?? '') ?? []) {
      if (place < fromB || place >= toB) continue;
      const length = (lengths.get(place - 1) ?? 0) + 1;
      next.set(place, length);
      if (length > best.length) best = { a: at - length + 1, b: place - length + 1, length };
    }
    lengths = next;
  }
  return best;
}

/** Takes equal lines on both ends in, popular ones too. */
function extend(block: Block, a: readonly string[], b: readonly string[], [fromA, toA, fromB, toB]: Range): Block {
  const grown = { ...block };
  while (grown.a > fromA && grown.b > fromB && a[grown.a - 1] === b[grown.b - 1]) {
    grown.a -= 1;
    grown.b -= 1;
    grown.length += 1;
  }
  while (
    grown.a + grown.length < toA &&
    grown.b + grown.length < toB &&
    a[grown.a + grown.length] === b[grown.b + grown.length]
  ) {
    grown.length += 1;
  }
  return grown;
}
