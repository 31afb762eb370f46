import { ImageVersionsError } from '../errors.js';
import { interruptible } from './interruptible.js';

/** What an executor gives Nx. */
export interface ExecutorResult {
  readonly success: boolean;
}

/** Runs an executor's work: an error is printed as message and hint, and makes exit code 1. */
export async function runReported(work: () => Promise<void>): Promise<ExecutorResult> {
  try {
    await work();
    return { success: true };
  } catch (error) {
    console.error(formatError(error));
    return { success: false };
  }
}

/** The same for work that would leave files or programs behind where the process is ended; see `interruptible`. */
export function runInterruptibly(work: (signal: AbortSignal) => Promise<void>): Promise<ExecutorResult> {
  return runReported(() => interruptible(work));
}

/** Message and hint. An error that is none of ours is a fault of this package, or of the machine: then the stack helps. */
function formatError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { hint, code } = error as { hint?: unknown; code?: unknown };
  const isExpected = error instanceof ImageVersionsError || typeof code === 'string';
  const lines = [isExpected ? error.message : (error.stack ?? error.message)];
  if (typeof hint === 'string') lines.push(`  ${hint}`);
  if (process.env.NX_VERBOSE_LOGGING === 'true' && isExpected && error.stack) lines.push(error.stack);
  return lines.join('\n');
}
