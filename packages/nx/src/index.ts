export type { ContainerOptions } from './options/container-options.js';
export type { PluginOptions } from './options/plugin-options.js';
export type { PublishOptions } from './options/publish-options.js';
export type { PinOutcome, UnpinOutcome } from './plan/outcomes.js';
export type { Outcome, PublishMode, PublishRecord, Reason } from './plan/record.js';
export type { RunOutputs, SummaryRow } from './plan/summary.js';
export { createNodes, createNodesV2, name, postTasksExecution, preTasksExecution } from './plugin.js';
