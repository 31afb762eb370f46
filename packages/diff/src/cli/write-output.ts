import { stat, writeFile } from 'node:fs/promises';
import { DiffError } from '../errors.js';
import type { CommonOptions } from './command.js';
import type { Terminal } from './terminal.js';

type Target = Pick<CommonOptions, 'output' | 'force'>;

/** To be asked before the work is done: throws `failed` where `--output` is a file that exists and `--force` was not given. */
export async function checkOutput(target: Target): Promise<void> {
  await flagFor(target);
}

/** Writes the result to `--output`, or to stdout. Throws `failed` as `checkOutput` does, and where it can't be written. */
export async function writeOutput(text: string, target: Target, terminal: Terminal): Promise<void> {
  const { output } = target;
  if (output === undefined) return terminal.stdout.write(text);
  const flag = await flagFor(target);
  try {
    await writeFile(output, text, { flag });
  } catch (error) {
    throw new DiffError('failed', `--output: ${(error as Error).message}`, { cause: error });
  }
}

/** What is no file, such as a pipe or `/dev/stdout`, has nothing in it to write over. */
async function flagFor({ output, force }: Target): Promise<'w' | 'wx'> {
  if (output === undefined || force) return 'w';
  const found = await stat(output).catch(() => undefined);
  if (!found) return 'wx';
  if (!found.isFile()) return 'w';
  throw new DiffError('failed', `--output: ${output} exists`, { hint: 'Add --force to write over it.' });
}
