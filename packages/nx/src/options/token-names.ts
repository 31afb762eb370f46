import { uniqueName } from './container-key.js';

/*
 * Tokens are environment variables that are part of the hash of tasks. Nx copies the environment for each task, so there are few: one for
 * each distinct base, and one or two for an image of which the version files ask something, or of whose files git knows more than Nx does.
 */

/** The digest that a base image has now, by its name in the Dockerfiles. */
export function baseToken(reference: string): string {
  return `IMAGE_VERSIONS_BASE_${uniqueName(reference, reference)}`;
}

/** Stands for the digest of a base that could not be looked up, or begins what does. */
export const unknownBase = 'unknown';

/** Stands before the ID of a base that only the engine has. */
export const engineBase = 'engine:';

/** The digest of a base that its token holds, for builders: `unknown` where it was not looked up. */
export function baseDigestIn(env: Readonly<Record<string, string | undefined>>, reference: string): string {
  const digest = env[baseToken(reference)];
  return !digest || digest.startsWith(unknownBase) ? unknownBase : digest;
}

/** What the version files ask of a container, by its key. */
export function requestToken(key: string): string {
  return `IMAGE_VERSIONS_REQUEST_${key}`;
}

/** What Nx's hash of a container's files leaves out, by its key; see `unhashedFacts`. */
export function filesToken(key: string): string {
  return `IMAGE_VERSIONS_FILES_${key}`;
}

/** The version of the rules: another one decides anew. */
export const rulesToken = 'IMAGE_VERSIONS_RULES';

/** What a builder is on this machine, by its name in the options; see `builderVersion`. */
export function builderToken(builder: string): string {
  return `IMAGE_VERSIONS_BUILDER_${builder.toUpperCase()}`;
}

/** What this run asks of publish-image; empty for a plain run. */
export const runToken = 'IMAGE_VERSIONS_RUN';

/** Environment variables by which the hook tells executors something, and which are no part of a hash. */
export const handedOver = {
  /** The version asked for on the command line. */
  version: 'IMAGE_VERSIONS_VERSION',
  /** The tag asked for on the command line. */
  tag: 'IMAGE_VERSIONS_TAG',
  /** Seven hex digits; empty where git does not say. */
  commit: 'IMAGE_VERSIONS_COMMIT',
  /** The first files of the work tree that have changes; empty where none has. */
  changes: 'IMAGE_VERSIONS_CHANGES',
  /** Why git does not say; empty where it does. */
  gitProblem: 'IMAGE_VERSIONS_GIT_PROBLEM',
} as const;
