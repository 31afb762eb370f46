/**
 * The part of `index.ts` that looks images up: names, registries, and whether an engine listens. Loads in half of its time, which
 * counts where a command asks for a few digests and ends.
 */
export * from './errors.js';
export * from './reference/image-reference.js';
export * from './reference/image-source.js';
export * from './registry/client.js';
export { engineListens } from './source/engine-listens.js';
