import { OciError } from '@image-versions/oci';
import { DiffError } from '../errors.js';
import { printableLines } from '../report/printable.js';

/** What went wrong, for a person: the message, the next step, and with `debug` the stack and its causes. */
export function printFailure(error: unknown, debug: boolean): string {
  const isOurs = error instanceof OciError || error instanceof DiffError;
  const lines = [`image-diff: ${printableLines(error instanceof Error ? error.message : String(error))}`];
  if (isOurs && error.hint !== undefined) lines.push(`  ${printableLines(error.hint)}`);
  if (!isOurs && !debug) lines.push('  This was not expected; -v debug shows where it happened.');
  if (debug)
    for (let cause = error; cause instanceof Error; cause = cause.cause)
      lines.push(printableLines(cause.stack ?? cause.message));
  return `${lines.join('\n')}\n`;
}
