import type { Change, Comparison } from '../compare/comparison.js';
import {
  CATEGORY_NAMES,
  changesByCategory,
  imageWords,
  MAX_TOLD,
  moreWords,
  noiseWords,
  SIGNS,
  whyWords,
} from './comparison-words.js';
import { printable } from './printable.js';

/** A comparison for a pull request or a job summary (GitHub Flavored Markdown); ends with a line break. */
export function comparisonToMarkdown(comparison: Comparison): string {
  const { verdict, before, after, noise, truncated } = comparison;
  const blocks = [
    `**${verdict}**: ${whyWords(comparison)}`,
    `${code(imageWords(before))} → ${code(imageWords(after))}`,
  ];
  for (const [category, changes] of changesByCategory(comparison)) {
    const rest = changes.length - MAX_TOLD;
    const rows = changes.slice(0, MAX_TOLD).map(rowOf);
    blocks.push(
      [
        `| ${CATEGORY_NAMES[category]} | |`,
        '| --- | --- |',
        ...rows,
        ...(rest > 0 ? [`| … and ${moreWords(comparison, category, rest)} | |`] : []),
      ].join('\n'),
    );
  }
  if (truncated) blocks.push('There are more changes than are listed.');
  const noiseLine = noiseWords(noise);
  if (noiseLine !== undefined) {
    const rows = noise.map(({ rule, reason, count }) => `- \`${rule}\` (${count}): ${escaped(reason)}`);
    blocks.push(['<details>', `<summary>${noiseLine}</summary>`, '', ...rows, '', '</details>'].join('\n'));
  }
  return `${blocks.join('\n\n')}\n`;
}

function rowOf({ action, subject, detail, platform, kind }: Change): string {
  const where = platform !== undefined && kind !== 'platform' ? ` (${escaped(printable(platform))})` : '';
  return `| ${SIGNS[action] === '-' ? '−' : SIGNS[action]} ${code(subject)}${where} | ${detail === '' ? '' : code(detail)} |`;
}

/** A code span, which nothing in `text` can end. In a table a bar would end the cell even there. */
function code(text: string): string {
  const safe = printable(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest > 0 ? `${fence} ${safe} ${fence}` : `${fence}${safe}${fence}`;
}

function escaped(text: string): string {
  return text.replace(/[<>&*_`|[\]\\]/g, (character) => `\\${character}`);
}
