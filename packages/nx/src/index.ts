export * from './errors.js';
export * from './plan/record.js';
