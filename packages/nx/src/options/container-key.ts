import { createHash } from 'node:crypto';

/** By which a target is known as that of a container, whatever it is called. */
export const publishExecutor = '@image-versions/nx:publish-image';

/** Names a container by its root folder, for environment variables and file names. */
export function containerKey(root: string): string {
  return uniqueName(root === '.' ? 'root' : root, root);
}

/** Letters, digits and `_`: readable, and unique by the six hex digits at its end. */
function uniqueName(readable: string, unique: string): string {
  const hash = createHash('sha256').update(unique).digest('hex').slice(0, 6);
  return `${readable.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 100)}_${hash}`;
}

/*
 * What follows is part of the hash of tasks. Nx copies the environment for each task, so there are few variables: as many as there are
 * distinct bases, and one for each image of which the version files ask something, or whose files git says more of than their content.
 */

/** The environment variable with the digest that a base image has now, by its name in the Dockerfiles. */
export function baseToken(reference: string): string {
  return `IMAGE_VERSIONS_BASE_${uniqueName(reference, reference)}`;
}

/** How the digest of a base begins that could not be looked up. */
export const unknownBase = 'unknown';

/** The digest in the environment variable of a base, as builders are given it: `unknown` where it was not looked up. */
export function baseDigestIn(env: Readonly<Record<string, string | undefined>>, reference: string): string {
  const digest = env[baseToken(reference)];
  return !digest || digest.startsWith(unknownBase) ? unknownBase : digest;
}

/** The environment variable with what the version files ask of a container, by its key. */
export function requestToken(key: string): string {
  return `IMAGE_VERSIONS_REQUEST_${key}`;
}

/** The environment variable with what Nx's hash of a container's files leaves out; see `unhashedFacts`. */
export function filesToken(key: string): string {
  return `IMAGE_VERSIONS_FILES_${key}`;
}

/** The environment variable with the version of the rules: another one decides anew. */
export const rulesToken = 'IMAGE_VERSIONS_RULES';

/** The environment variable with what a builder is on this machine, by its name in the options; see `builderVersion`. */
export function builderToken(builder: string): string {
  return `IMAGE_VERSIONS_BUILDER_${builder.toUpperCase()}`;
}

/** The environment variable that says what this run asks of publish-image; empty for a plain run. */
export const runToken = 'IMAGE_VERSIONS_RUN';

/** Environment variables that the hook hands to executors, and that are no part of a hash. */
export const handedOver = {
  /** The version asked for on the command line. */
  version: 'IMAGE_VERSIONS_VERSION',
  /** The tag asked for on the command line. */
  tag: 'IMAGE_VERSIONS_TAG',
  /** Seven hex digits; empty where git does not say. */
  commit: 'IMAGE_VERSIONS_COMMIT',
  /** `true` where the work tree has changes. */
  dirty: 'IMAGE_VERSIONS_DIRTY',
  /** Why git does not say; empty where it does. */
  gitProblem: 'IMAGE_VERSIONS_GIT_PROBLEM',
} as const;

/** The named input of what an image is made of, which the targets of its project use. */
export const imageInputsName = 'imageSources';

/** Folder of records, from the workspace root. */
export const recordsFolder = 'dist/image-versions';
