export * from './image-builder.js';
export * from './memory-image.js';
export * from './tar-writer.js';
