import { createHash } from 'node:crypto';

/**
 * Names a container by its root folder, for environment variables and file names: letters, digits and `_`.
 * Readable, and unique by the six hex digits at its end.
 */
export function containerKey(root: string): string {
  const readable = root === '.' ? 'root' : root.replace(/[^A-Za-z0-9]+/g, '_');
  return `${readable}_${createHash('sha256').update(root).digest('hex').slice(0, 6)}`;
}

/** The environment variable with what of a container's bases and of the version files is part of the hash of its tasks. */
export function baseToken(key: string): string {
  return `IMAGE_VERSIONS_BASE_${key}`;
}

/** The environment variable that says what this run asks of publish-image. Part of the hash; empty for a plain run. */
export const runToken = 'IMAGE_VERSIONS_RUN';

/** Environment variables that the hook hands to executors, and that are no part of a hash. */
export const handedOver = {
  /** JSON: base reference to digest. */
  bases: 'IMAGE_VERSIONS_BASES',
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

/** Folder of records, from the workspace root. */
export const recordsFolder = 'dist/image-versions';
