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
