import type { Outcome, Reason } from './record.js';

/** What became of one image in a run, for people and for programs. */
export interface SummaryRow {
  readonly project: string;
  readonly image: string;
  readonly outcome: Outcome | 'pinned' | 'already' | 'unpinned' | 'failed';
  readonly dryRun: boolean;
  /** The version that a deployment got before the run; `undefined` if there was none. */
  readonly before: string | undefined;
  /** And after it. */
  readonly after: string | undefined;
  /** The tag that was published or found. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly reasons: readonly Reason[];
}

/** What `$GITHUB_OUTPUT` gets. */
export interface RunOutputs {
  /** JSON array of `registry/name:tag`, published in this run. */
  readonly images: string;
  /** How many images were published. */
  readonly published: string;
  /** How many stay as they were: the same in content, held, or there already. */
  readonly kept: string;
}

/** The outputs of a run. A dry run publishes nothing. */
export function runOutputs(rows: readonly SummaryRow[]): RunOutputs {
  const published = rows.filter(({ outcome, dryRun }) => outcome === 'published' && !dryRun);
  const kept = rows.filter(({ outcome }) => outcome === 'kept' || outcome === 'held' || outcome === 'exists');
  return {
    images: JSON.stringify(published.map(({ image, tag }) => `${image}:${tag}`)),
    published: String(published.length),
    kept: String(kept.length),
  };
}

/** A Markdown table, a row for each image, for `$GITHUB_STEP_SUMMARY`; empty without rows. */
export function formatMarkdownSummary(rows: readonly SummaryRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => [row.project, label(row), versions(row), reasonText(row)].map(markdownCell));
  const lines = [['Image', 'Outcome', 'Version', 'Why'], ['---', '---', '---', '---'], ...cells];
  return `### Image versions\n\n${lines.map((line) => `| ${line.join(' | ')} |\n`).join('')}\n`;
}

function label({ outcome, dryRun }: SummaryRow): string {
  return dryRun && outcome === 'published' ? 'would be published' : outcome;
}

function versions({ before, after }: SummaryRow): string {
  if (after === undefined) return before ?? '-';
  return before === undefined || before === after ? after : `${before} -> ${after}`;
}

function reasonText({ reasons }: SummaryRow): string {
  return reasons.map(({ text }) => text).join(' ');
}

/** Names and reasons may quote what an image contains. */
function markdownCell(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]<>|~&]/g, (character) => `\\${character}`)
    .replace(
      /\\([<>&])/g,
      (_, character: string) => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[character] ?? character,
    );
}
