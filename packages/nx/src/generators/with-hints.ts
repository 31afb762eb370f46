import { ImageVersionsError } from '../errors.js';

/** Runs a generator. Nx prints the message of an error alone, so the hint is put below it. */
export async function withHints<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImageVersionsError) || error.hint === undefined) throw error;
    throw new ImageVersionsError(error.code, `${error.message}\n${error.hint}`, { cause: error });
  }
}
