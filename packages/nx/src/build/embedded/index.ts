export * from './bases.js';
export * from './build.js';
export * from './can-build.js';
export * from './dockerfile-error.js';
export * from './open-base.js';
