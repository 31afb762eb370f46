import type { Comparison } from '../compare/comparison.js';
import { printJson } from './printable.js';

/** A comparison as JSON, indented, with what a terminal would act on escaped; ends with a line break. */
export function comparisonToJson(comparison: Comparison): string {
  return printJson(comparison);
}
