export * from './errors.js';
export type * from './plan/compose.js';
export type * from './plan/decide.js';
export type * from './plan/outcomes.js';
export type * from './plan/record.js';
export type * from './plan/summary.js';
export type * from './store/state.js';
