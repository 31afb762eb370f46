/**
 * - `invalid`: an option, argument or file that is not understood
 * - `moved`: a pinned tag that is gone or points at another digest than the one pinned
 * - `conflict`: a tag that exists with other content
 * - `nothing-published`: a version was asked for of an image that has none
 * - `environment`: git, engine or workspace are not as needed
 */
export type ImageVersionsErrorCode = 'invalid' | 'moved' | 'conflict' | 'nothing-published' | 'environment';

/** The one error class of this package; errors of the packages below pass through unchanged. */
export class ImageVersionsError extends Error {
  readonly code: ImageVersionsErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: ImageVersionsErrorCode,
    message: string,
    details: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'ImageVersionsError';
    this.code = code;
    this.hint = details.hint;
  }
}

/** An error of this package, or of one below it. */
interface Hinted {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** An error for Nx, which prints its message or its stack, and no hint: so both hold all messages with their hints. */
export function errorForNx(errors: readonly Hinted[]): Error {
  const text = errors.map(({ message, hint }) => (hint === undefined ? message : `${message}\n  ${hint}`)).join('\n');
  return Object.assign(new Error(text), { stack: text });
}

/** For functions that Nx itself calls: an error with a hint is thrown on as `errorForNx`. */
export async function withHints<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || typeof (error as { hint?: unknown }).hint !== 'string') throw error;
    throw errorForNx([error]);
  }
}
