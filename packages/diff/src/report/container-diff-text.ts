import type {
  Analysis,
  AnalyzeResult,
  DiffResult,
  DirDiff,
  EntryDiff,
  PackageDiff,
  PackageInfo,
  PackageRow,
  SizedDigest,
  SizedName,
} from './container-diff-shapes.js';
import { printableLines } from './printable.js';

/** How a line is marked: what came, what went, what changed, or a heading. */
export type Tone = 'added' | 'removed' | 'modified' | 'heading' | 'faint';

/** Gives a text its colour; `plain` where there are none. */
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_, text) => text;

interface Row {
  readonly tone: Tone | undefined;
  readonly cells: readonly string[];
}

interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

const SIGNS: Readonly<Record<Tone, string>> = {
  added: '+ ',
  removed: '- ',
  modified: '~ ',
  heading: '  ',
  faint: '  ',
};

/** Results for a terminal: a heading a result, a line a row, columns in line, `+`, `-` and `~` in front of what differs. */
export function printResults(results: readonly (AnalyzeResult | DiffResult)[], paint: Paint = plain): string {
  return results
    .flatMap((result) => {
      const sections = sectionsOf(result);
      const lines = sections.flatMap(({ title, rows }) => [
        ...(title === '' ? [] : [paint('faint', title)]),
        ...printRows(rows, paint),
      ]);
      return [
        `${paint('heading', titleOf(result))}`,
        ...(lines.length === 0 ? [paint('faint', nothingIn(result))] : lines),
        '',
      ];
    })
    .join('\n');
}

/** Results for a pull request: a heading a result, and the rows in a block that colours `+` and `-`. */
export function printResultsAsMarkdown(results: readonly (AnalyzeResult | DiffResult)[]): string {
  return results
    .map((result) => {
      const rows = sectionsOf(result).flatMap(({ title, rows }) => [
        ...(title === '' ? [] : [`# ${title}`]),
        ...printRows(rows, plain),
      ]);
      const body = rows.length === 0 ? `_${nothingIn(result)}_` : diffBlock(rows.join('\n'));
      return `### ${titleOf(result)}\n\n${body}\n`;
    })
    .join('\n');
}

/** A block of Markdown that colours `+` and `-`, and that nothing in `text` can end. */
export function diffBlock(text: string): string {
  let longest = 3;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}diff\n${text.replace(/\n$/, '')}\n${fence}`;
}

/** `1536` as `1.5 KiB`. */
export function printBytes(bytes: number): string {
  if (bytes < 0) return 'unknown';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

function titleOf(result: AnalyzeResult | DiffResult): string {
  return 'DiffType' in result
    ? `${result.DiffType}: ${result.Image1} -> ${result.Image2}`
    : `${result.AnalyzeType}: ${result.Image}`;
}

function nothingIn(result: AnalyzeResult | DiffResult): string {
  return 'DiffType' in result ? 'no difference' : 'nothing found';
}

function printRows(written: readonly Row[], paint: Paint): string[] {
  const rows = written.map(({ tone, cells }) => ({ tone, cells: cells.map(printedCell) }));
  const widths: number[] = [];
  for (const { cells } of rows) {
    for (const [at, cell] of cells.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  return rows.map(({ tone, cells }) => {
    const text = cells.map((cell, at) => (at === cells.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  ');
    const line = `${tone === undefined ? '  ' : SIGNS[tone]}${text.trimEnd()}`;
    return tone === undefined ? line : paint(tone, line);
  });
}

/** In one line, without what would move the cursor of who reads: an image's names and texts can hold anything. */
function printedCell(cell: string): string {
  return printableLines(cell).replaceAll('\n', '\\n');
}

function sectionsOf(result: AnalyzeResult | DiffResult): Section[] {
  const sections = 'DiffType' in result ? diffSections(result) : analysisSections(result.Analysis);
  return sections.filter(({ rows }) => rows.length > 0);
}

function analysisSections(analysis: Analysis): Section[] {
  const items: readonly unknown[] = analysis ?? [];
  if (items.some((item) => item === null || Array.isArray(item))) {
    return items.map((files, layer) => ({
      title: `layer ${layer}`,
      rows: ((files ?? []) as SizedName[]).map(fileRow()),
    }));
  }
  if (items.some((item) => typeof item === 'object' && item !== null && 'Packages1' in item)) {
    return (items as PackageDiff[]).map((diff, layer) => ({ title: `layer ${layer}`, rows: packageRows(diff) }));
  }
  return [{ title: '', rows: (items as (string | SizedName | SizedDigest | PackageRow)[]).map(analysisRow) }];
}

function analysisRow(item: string | SizedName | SizedDigest | PackageRow): Row {
  if (typeof item === 'string') return { tone: undefined, cells: [item] };
  if ('Version' in item) return packageRow()(item);
  return 'Digest' in item
    ? { tone: undefined, cells: [item.Name, printBytes(item.Size), item.Digest] }
    : fileRow()(item);
}

function diffSections({ Diff }: DiffResult): Section[] {
  if (Diff === null) return [];
  if ('DirDiffs' in Diff)
    return (Diff.DirDiffs ?? []).map((files, layer) => ({ title: `layer ${layer}`, rows: dirRows(files) }));
  if ('InfoDiff' in Diff) return [{ title: '', rows: packageRows(Diff) }];
  if ('Mods' in Diff) return [{ title: '', rows: dirRows(Diff) }];
  if ('Adds' in Diff) {
    const rows = [...Diff.Dels.map(textRow('removed')), ...Diff.Adds.map(textRow('added'))];
    return [{ title: '', rows }];
  }
  return [{ title: '', rows: Diff.map(modifiedRow) }];
}

const textRow =
  (tone: Tone) =>
  (text: string): Row => ({ tone, cells: [text] });

const fileRow =
  (tone?: Tone) =>
  ({ Name, Size }: SizedName): Row => ({ tone, cells: [Name, printBytes(Size)] });

const packageRow =
  (tone?: Tone) =>
  ({ Name, Path, Version, Size }: PackageRow): Row => ({
    tone,
    cells: [Name, Version, printBytes(Size), ...(Path === undefined ? [] : [Path])],
  });

/** A size of -1 is a layer that one image does not have. */
function modifiedRow({ Name, Size1, Size2 }: EntryDiff): Row {
  const change = Size2 - Size1;
  const name = /^\d+$/.test(Name) ? `layer ${Name}` : Name;
  const print = (bytes: number) => (bytes < 0 ? 'absent' : printBytes(bytes));
  const cells = [`${print(Size1)} -> ${print(Size2)}`];
  if (Size1 >= 0 && Size2 >= 0 && change !== 0) cells.push(`${change > 0 ? '+' : '-'}${printBytes(Math.abs(change))}`);
  return { tone: 'modified', cells: name === '' ? cells : [name, ...cells] };
}

function dirRows({ Adds, Dels, Mods }: DirDiff): Row[] {
  return [
    ...(Dels ?? []).map(fileRow('removed')),
    ...(Adds ?? []).map(fileRow('added')),
    ...(Mods ?? []).map(modifiedRow),
  ];
}

function packageRows({ Packages1, Packages2, InfoDiff }: PackageDiff | PackageDiff<readonly PackageInfo[]>): Row[] {
  const versions = (info: PackageInfo | readonly PackageInfo[]) =>
    [info]
      .flat()
      .map(({ Version }) => Version)
      .join(', ') || 'absent';
  return [
    ...Packages1.map(packageRow('removed')),
    ...Packages2.map(packageRow('added')),
    ...(InfoDiff ?? []).map(({ Package, Info1, Info2 }): Row => {
      const [was, is] = [versions(Info1), versions(Info2)];
      return { tone: 'modified', cells: [Package, was === is ? `${was}, in another place` : `${was} -> ${is}`] };
    }),
  ];
}
