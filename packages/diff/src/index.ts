export * from './compare/comparison.js';
export * from './errors.js';
export * from './layer/entry.js';
export * from './layer/inspect.js';
export * from './noise/rule.js';
export * from './tree/merge.js';
export * from './tree/origins.js';
export * from './tree/tree.js';
