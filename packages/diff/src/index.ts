export * from './analyze/packages.js';
export * from './analyze/readers.js';
export * from './compare/comparison.js';
export * from './errors.js';
export * from './layer/entry.js';
export * from './layer/inspect.js';
export * from './noise/rule.js';
export { analyzeImage, diffImages, isDifferent, needsLayers } from './report/container-diff.js';
export {
  type AnalyzedImage,
  type AnalyzeResult,
  CONTAINER_DIFF_TYPES,
  type ContainerDiffType,
  type DiffResult,
} from './report/container-diff-shapes.js';
export { printResults, printResultsAsMarkdown } from './report/container-diff-text.js';
export * from './tree/merge.js';
export * from './tree/origins.js';
export * from './tree/tree.js';
