import type { ImageSet, ReadLayersOptions } from '@image-versions/oci';
import type { Comparison } from '../compare/comparison.js';
import type { LayerCache } from '../layer/layer-cache.js';
import type { CommonOptions, CompareCommand } from './command.js';

/** What is done to images outside of this folder; `main.ts` gives the real ones. */
export interface Services {
  /** Opens an image by its name as it was written. The caller closes it. */
  openImages(name: string, options: OpenOptions): Promise<ImageSet>;
  compare(before: ImageSet, after: ImageSet, command: CompareCommand, options: CompareOptions): Promise<Comparison>;
  /** The cache of layer indexes of one version of the inspectors. */
  openCache(folder: string | undefined, version: string): LayerCache;
  /** A comparison as text for a terminal, or as Markdown. */
  printComparison(comparison: Comparison, format: 'text' | 'markdown', options: PrintOptions): string;
  readonly version: string;
}

export interface PrintOptions {
  readonly color: boolean;
  readonly verbose: boolean;
}

export type OpenOptions = Pick<CommonOptions, 'platform' | 'uncheckedRegistries' | 'certificates'> & {
  readonly signal: AbortSignal;
};

export type CompareOptions = Required<Pick<ReadLayersOptions, 'onProgress' | 'signal'>>;
