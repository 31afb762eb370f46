export * from './archive-builder.js';
export * from './describe-with-engine.js';
export * from './image-builder.js';
export * from './memory-image.js';
export * from './services.js';
export * from './tar-writer.js';
export * from './test-registry.js';
export * from './test-registry-options.js';
export type { Stored } from './test-registry-state.js';
