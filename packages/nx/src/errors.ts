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

/** Runs what Nx calls itself. Of an error Nx prints the message alone, so the hint is put below it. */
export async function withHints<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ImageVersionsError) || error.hint === undefined) throw error;
    throw new ImageVersionsError(error.code, `${error.message}\n${error.hint}`, { cause: error });
  }
}
