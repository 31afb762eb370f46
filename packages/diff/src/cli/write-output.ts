import { writeFile } from 'node:fs/promises';
import { DiffError } from '../errors.js';
import type { CommonOptions } from './command.js';
import type { Terminal } from './terminal.js';

/** Writes the result to `--output`, or to stdout. Throws `failed` where the file exists and `--force` was not given. */
export async function writeOutput(
  text: string,
  { output, force }: Pick<CommonOptions, 'output' | 'force'>,
  terminal: Terminal,
): Promise<void> {
  if (output === undefined) return terminal.stdout.write(text);
  try {
    await writeFile(output, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new DiffError('failed', exists ? `--output: ${output} exists` : `--output: ${(error as Error).message}`, {
      cause: error,
      ...(exists && { hint: 'Add --force to write over it.' }),
    });
  }
}
