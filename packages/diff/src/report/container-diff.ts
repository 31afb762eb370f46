import { DiffError } from '../errors.js';
import { byText } from '../layer/order.js';
import { historyOf, listDiff, metadataOf } from './container-diff-config.js';
import {
  fileDiff,
  filesOf,
  layerFileDiff,
  layerFilesOf,
  layerSizeDiff,
  layerSizesOf,
  type Order,
  sizeDiff,
  sizeOfImage,
} from './container-diff-files.js';
import {
  BY_LAYER,
  MANY_VERSIONS,
  ONE_VERSION,
  packageDiff,
  packageDiffByPlace,
  packageLayers,
  packageList,
} from './container-diff-packages.js';
import {
  type Analysis,
  type AnalyzedImage,
  type AnalyzeResult,
  type ContainerDiffType,
  type Difference,
  type DiffResult,
  PRINTED_NAMES,
} from './container-diff-shapes.js';

/** What an image must have been read for: its config, or its layers too. */
export function needsLayers(types: readonly ContainerDiffType[]): boolean {
  return types.some((type) => type !== 'history' && type !== 'metadata');
}

/** container-diff's `analyze`: one result a type, by its printed name. Throws `failed` where a type could not be looked at. */
export function analyzeImage(image: AnalyzedImage, types: readonly ContainerDiffType[], order: Order): AnalyzeResult[] {
  return inOrder(types).map((type) => ({
    Image: image.source,
    AnalyzeType: PRINTED_NAMES[type],
    Analysis: analysisOf(image, type, order),
  }));
}

/** container-diff's `diff`. Throws `failed` as above, and `unsupported` for packages by layer, as container-diff does. */
export function diffImages(
  before: AnalyzedImage,
  after: AnalyzedImage,
  types: readonly ContainerDiffType[],
  order: Order,
): DiffResult[] {
  return inOrder(types).map((type) => ({
    Image1: before.source,
    Image2: after.source,
    DiffType: PRINTED_NAMES[type],
    Diff: differenceOf(before, after, type, order),
  }));
}

/** Whether a result says that the images differ. */
export function isDifferent({ Diff }: DiffResult): boolean {
  return hasRows(Diff);
}

function hasRows(value: unknown): boolean {
  if (Array.isArray(value)) return value.some((item) => typeof item === 'string' || hasContent(item));
  return typeof value === 'object' && value !== null && Object.values(value).some(hasRows);
}

/** A layer's difference is an object of lists, which may all be empty; every other item is a difference by itself. */
function hasContent(item: unknown): boolean {
  return typeof item === 'object' && item !== null && 'Adds' in item ? hasRows(item) : true;
}

function inOrder(types: readonly ContainerDiffType[]): ContainerDiffType[] {
  return [...new Set(types)].sort((a, b) => byText(PRINTED_NAMES[a], PRINTED_NAMES[b]));
}

function analysisOf(image: AnalyzedImage, type: ContainerDiffType, order: Order): Analysis {
  switch (type) {
    case 'history':
      return historyOf(image);
    case 'metadata':
      return metadataOf(image);
    case 'file':
      return filesOf(image, order);
    case 'layer':
      return layerFilesOf(image, order);
    case 'size':
      return [{ Name: image.source, Digest: image.digest, Size: sizeOfImage(image) }];
    case 'sizelayer':
      return layerSizesOf(image);
    case 'aptlayer':
    case 'rpmlayer':
      return packageLayers(image, BY_LAYER[type], order);
    case 'apt':
    case 'rpm':
    case 'emerge':
    case 'apk':
      return packageList(image, ONE_VERSION[type], false, order);
    default:
      return packageList(image, MANY_VERSIONS[type], true, order);
  }
}

function differenceOf(before: AnalyzedImage, after: AnalyzedImage, type: ContainerDiffType, order: Order): Difference {
  switch (type) {
    case 'history':
      return listDiff(historyOf(before), historyOf(after));
    case 'metadata':
      return listDiff(metadataOf(before), metadataOf(after));
    case 'file':
      return fileDiff(before, after, order);
    case 'layer':
      return { DirDiffs: layerFileDiff(before, after, order) };
    case 'size':
      return sizeDiff(before, after);
    case 'sizelayer':
      return layerSizeDiff(before, after);
    case 'aptlayer':
    case 'rpmlayer':
      throw new DiffError(
        'unsupported',
        `packages by layer (--type=${type}) can't be compared: layers have no counterpart`,
        {
          hint: `Use \`analyze --type=${type}\` on each image, or \`diff --type=${type.replace('layer', '')}\`.`,
        },
      );
    case 'apt':
    case 'rpm':
    case 'emerge':
    case 'apk':
      return packageDiff(before, after, ONE_VERSION[type], order);
    default:
      return packageDiffByPlace(before, after, MANY_VERSIONS[type], order);
  }
}
