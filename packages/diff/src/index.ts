export * from './analyze/packages.js';
export * from './analyze/readers.js';
export { applyRules } from './compare/apply-rules.js';
export type { BaseDiffIds } from './compare/base-layers.js';
export type { BaseLayers } from './compare/categories.js';
export * from './compare/compare-trees.js';
export * from './compare/comparison.js';
export * from './compare/conclude.js';
export { BUILD_LABELS } from './compare/config.js';
export * from './compare/fingerprint.js';
export * from './compare/policy.js';
export * from './compare-images.js';
export * from './errors.js';
export * from './fingerprint-image.js';
export { readTree, stackOf } from './image-tree.js';
export * from './layer/entry.js';
export * from './layer/index-layer.js';
export * from './layer/inspect.js';
export * from './layer/layer-cache.js';
export * from './layer/layer-store.js';
export { normalizePath } from './layer/path.js';
export * from './noise/index.js';
export * from './noise/rule.js';
export * from './report/comparison-markdown.js';
export * from './report/comparison-text.js';
export { analyzeImage, diffImages, isDifferent, needsLayers } from './report/container-diff.js';
export {
  type AnalyzedImage,
  type AnalyzeResult,
  CONTAINER_DIFF_TYPES,
  type ContainerDiffType,
  type DiffResult,
} from './report/container-diff-shapes.js';
export { printResults, printResultsAsMarkdown } from './report/container-diff-text.js';
export { mergeLayers, type StackedLayer } from './tree/merge.js';
export * from './tree/origins.js';
export * from './tree/tree.js';
