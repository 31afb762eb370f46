/**
 * The part of `index.ts` that looks images up: names, registries, and whether an engine listens. Loads in half of its time, which
 * counts where a command asks for a few digests and ends.
 */
export { OciError } from './errors.js';
export { parseImageReference, parseRepositoryName } from './reference/image-reference.js';
export { parseImageSource } from './reference/image-source.js';
export { createRegistryClient } from './registry/client.js';
export { engineListens } from './source/engine-listens.js';
