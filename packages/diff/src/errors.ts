/**
 * - `invalid`: an option, policy or file that is not understood
 * - `limit`: larger or deeper than a stated bound, where no bounded answer is right
 * - `unsupported`: understood, and not something that can be compared
 * - `failed`: a part of the comparison could not be done; there is no verdict then
 */
export type DiffErrorCode = 'invalid' | 'limit' | 'unsupported' | 'failed';

/** The one error class of this package; errors of `@image-versions/oci` pass through unchanged. */
export class DiffError extends Error {
  readonly code: DiffErrorCode;
  readonly hint: string | undefined;

  constructor(
    code: DiffErrorCode,
    message: string,
    details: { readonly hint?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'DiffError';
    this.code = code;
    this.hint = details.hint;
  }
}

/** Whether this is an error of this package with one of these codes; with any, if none is given. */
export function isDiffError(error: unknown, ...codes: readonly DiffErrorCode[]): error is DiffError {
  return error instanceof DiffError && (codes.length === 0 || codes.includes(error.code));
}
