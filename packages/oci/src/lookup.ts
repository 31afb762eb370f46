/**
 * The part of `index.ts` for a command that asks for a few digests, writes them down and ends: names, registries, whether an engine
 * listens, and locks. Loads in half of its time.
 */
export { isOciError, OciError } from './errors.js';
export { parseImageReference, parseRepositoryName } from './reference/image-reference.js';
export { parseImageSource } from './reference/image-source.js';
export { createRegistryClient } from './registry/client.js';
export { engineListens } from './source/engine-listens.js';
export { acquireLock } from './source/file-lock.js';
