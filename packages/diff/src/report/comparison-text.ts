import picocolors from 'picocolors';
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

export interface TextOptions {
  /** Default false. */
  readonly color?: boolean;
  /** All changes, and what each rule explained; default false. */
  readonly verbose?: boolean;
}

/** A comparison for a person at a terminal; ends with a line break. */
export function comparisonToText(comparison: Comparison, { color = false, verbose = false }: TextOptions = {}): string {
  const { bold, dim, green, red, yellow, cyan } = picocolors.createColors(color);
  const paint = { added: green, removed: red, modified: yellow };
  const { verdict, before, after, truncated, noise, profile } = comparison;
  const lines = [
    `${bold(verdict === 'same' ? green('same') : yellow('changed'))}: ${whyWords(comparison)}`,
    dim(`  before  ${printable(imageWords(before))}`),
    dim(`  after   ${printable(imageWords(after))}`),
  ];
  const lineOf = (change: Change) => {
    const platform =
      change.platform !== undefined && change.kind !== 'platform' ? ` [${printable(change.platform)}]` : '';
    const detail = change.detail === '' ? '' : `  ${dim(printable(change.detail))}`;
    return `  ${paint[change.action](SIGNS[change.action])} ${printable(change.subject)}${platform}${detail}`;
  };
  for (const [category, changes] of changesByCategory(comparison)) {
    const told = verbose ? changes : changes.slice(0, MAX_TOLD);
    lines.push('', bold(cyan(CATEGORY_NAMES[category])), ...told.map(lineOf));
    const rest = changes.length - told.length;
    if (rest > 0) lines.push(dim(`  … and ${moreWords(comparison, category, rest)}`));
  }
  if (truncated) lines.push('', dim('There are more changes than are listed.'));
  const noiseLine = noiseWords(noise);
  if (noiseLine !== undefined) lines.push('', dim(noiseLine));
  if (verbose) {
    for (const { rule, reason, count, examples } of noise) {
      lines.push(dim(`  ${rule} (${count}): ${reason} ${printable(examples.join(', '))}`));
    }
  }
  if (profile !== 'content') lines.push('', dim(`compared with the profile ${profile}`));
  return `${lines.join('\n')}\n`;
}
