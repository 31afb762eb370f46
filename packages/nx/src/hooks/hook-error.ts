/** An error of this package, or of one below it. */
interface Hinted {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a hook throws, so that nx ends with 1: the messages with their hints, and in place of a stack, which nx prints, nothing else. */
export function hookError(errors: readonly Hinted[]): Error {
  const text = errors.map(({ message, hint }) => (hint === undefined ? message : `${message}\n  ${hint}`)).join('\n');
  return Object.assign(new Error(text), { stack: text });
}

/** Runs the work of a hook: what it throws that has a hint is thrown as a `hookError`, since Nx prints no hints. */
export async function withHints<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || typeof (error as { hint?: unknown }).hint !== 'string') throw error;
    throw hookError([error]);
  }
}
