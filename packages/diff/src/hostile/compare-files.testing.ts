import { memoryImage, type TarLiteral } from '@image-versions/oci/testing';
import type { Comparison } from '../compare/comparison.js';
import { compareImages, createPolicy } from '../compare-images.js';

const policy = createPolicy();

/** Compares two images of one layer each, through the product's own entry; `base` lies below both. */
export function compareFiles(
  before: readonly TarLiteral[],
  after: readonly TarLiteral[],
  base?: readonly TarLiteral[],
): Promise<Comparison> {
  const [was, is] = [before, after].map((files) => memoryImage({ layers: base ? [base, files] : [files] }));
  if (was === undefined || is === undefined) throw new TypeError('two images');
  return compareImages(was, is, policy);
}
