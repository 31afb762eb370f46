export type { BaseDiffIds } from './compare/base-layers.js';
export type { Change, ChangeCategory, ComparedImage, Comparison, DecidedBy, Noise } from './compare/comparison.js';
export { FINGERPRINT_ANNOTATION } from './compare/fingerprint.js';
export type { Policy, PolicyOptions, Profile } from './compare/policy.js';
export {
  type CompareOptions,
  compareImages,
  createPolicy,
  openLayerStore,
  type StoreOptions,
} from './compare-images.js';
export { DiffError, type DiffErrorCode, isDiffError } from './errors.js';
export { fingerprintAnnotations } from './fingerprint-image.js';
export { readTree, stackOf } from './image-tree.js';
export type { EntryType, LayerEntry, LayerIndex, NormalForm, PackageFact, Part } from './layer/entry.js';
export { defaultLayerCacheFolder } from './layer/layer-cache.js';
export type { LayerStore, ReadOptions } from './layer/layer-store.js';
export { normalizePath } from './layer/path.js';
export { comparisonToJson } from './report/comparison-json.js';
export { comparisonToMarkdown } from './report/comparison-markdown.js';
export { comparisonToText, type TextOptions } from './report/comparison-text.js';
export { mergeLayers, type StackedLayer } from './tree/merge.js';
export type { FileTree, LayerOrigin, TreeEntries, TreeEntry, TreeLayer } from './tree/tree.js';
