import { rm, stat, writeFile } from 'node:fs/promises';
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
    // Half a result is none. Whatever else failed, failed before the first byte.
    const isFull = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    if (isFull && (await isFile(output))) await rm(output, { force: true });
    throw new DiffError('failed', `--output: ${(error as Error).message}`, { cause: error });
  }
}

/** What is no file, such as a pipe or `/dev/stdout`, has nothing in it to write over. */
async function flagFor({ output, force }: Target): Promise<'w' | 'wx'> {
  if (output === undefined || force) return 'w';
  const isPlain = await isFile(output);
  if (isPlain === undefined) return 'wx';
  if (!isPlain) return 'w';
  throw new DiffError('failed', `--output: ${output} exists`, { hint: 'Add --force to write over it.' });
}

/** Whether there is a file and no device, pipe or folder; `undefined` where there is nothing. */
async function isFile(path: string): Promise<boolean | undefined> {
  return (await stat(path).catch(() => undefined))?.isFile();
}
