export * from './archive/entry.js';
export * from './content/descriptor.js';
export * from './errors.js';
export * from './model/image.js';
export * from './source/repository.js';
