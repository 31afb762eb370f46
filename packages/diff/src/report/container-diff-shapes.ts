import type { LayerIndex } from '../layer/entry.js';
import type { FileTree } from '../tree/tree.js';

/** What `--type` takes: container-diff's thirteen, and four that it does not have. */
export const CONTAINER_DIFF_TYPES = [
  'history',
  'metadata',
  'file',
  'layer',
  'size',
  'sizelayer',
  'apt',
  'aptlayer',
  'rpm',
  'rpmlayer',
  'pip',
  'node',
  'emerge',
  'apk',
  'gem',
  'jar',
  'go',
] as const;

export type ContainerDiffType = (typeof CONTAINER_DIFF_TYPES)[number];

/** The names under which container-diff prints them. */
export const PRINTED_NAMES: Readonly<Record<ContainerDiffType, string>> = {
  history: 'History',
  metadata: 'Metadata',
  file: 'File',
  layer: 'FileLayer',
  size: 'Size',
  sizelayer: 'SizeLayer',
  apt: 'Apt',
  aptlayer: 'AptLayer',
  rpm: 'RPM',
  rpmlayer: 'RPMLayer',
  pip: 'Pip',
  node: 'Node',
  emerge: 'Emerge',
  apk: 'Apk',
  gem: 'Gem',
  jar: 'Jar',
  go: 'Go',
};

/** One image with all that the asked types look at; what none of them looks at may be empty. */
export interface AnalyzedImage {
  /** As it was written, without `daemon://` or `remote://`. */
  readonly source: string;
  /** Of the manifest; of the config where there is none. */
  readonly digest: string;
  /** Of each layer as stored; its diffId where layers are not stored as blobs. */
  readonly layerDigests: readonly string[];
  /** The config's JSON as it is stored. */
  readonly config: unknown;
  /** `created_by` of each line of the history, oldest first. */
  readonly history: readonly string[];
  readonly layers: readonly LayerIndex[];
  readonly tree: FileTree;
}

export interface AnalyzeResult {
  readonly Image: string;
  readonly AnalyzeType: string;
  readonly Analysis: Analysis;
}

export interface DiffResult {
  readonly Image1: string;
  readonly Image2: string;
  readonly DiffType: string;
  readonly Diff: Difference;
}

export interface SizedName {
  readonly Name: string;
  /** In bytes; of a folder, of all below it. */
  readonly Size: number;
}

export interface SizedDigest extends SizedName {
  readonly Digest: string;
}

export interface PackageRow {
  readonly Name: string;
  /** Only of types that may have a package several times. */
  readonly Path?: string;
  readonly Version: string;
  /** In bytes; -1 where it is not known. */
  readonly Size: number;
}

export interface PackageInfo {
  readonly Version: string;
  readonly Size: number;
}

export interface ListDiff {
  readonly Adds: readonly string[];
  readonly Dels: readonly string[];
}

export interface EntryDiff {
  readonly Name: string;
  readonly Size1: number;
  readonly Size2: number;
}

/** `null` where container-diff prints that instead of an empty list. */
export interface DirDiff {
  readonly Adds: readonly SizedName[] | null;
  readonly Dels: readonly SizedName[] | null;
  readonly Mods: readonly EntryDiff[] | null;
}

export interface InfoDiff<Info> {
  readonly Package: string;
  readonly Info1: Info;
  readonly Info2: Info;
}

export interface PackageDiff<Info = PackageInfo> {
  readonly Packages1: readonly PackageRow[];
  readonly Packages2: readonly PackageRow[];
  readonly InfoDiff: readonly InfoDiff<Info>[] | null;
}

export type Analysis =
  | readonly string[]
  | readonly SizedName[]
  | readonly (readonly SizedName[] | null)[]
  | readonly SizedDigest[]
  | readonly PackageRow[]
  | readonly PackageDiff[]
  | null;

export type Difference =
  | ListDiff
  | DirDiff
  | { readonly DirDiffs: readonly DirDiff[] | null }
  | readonly EntryDiff[]
  | PackageDiff
  | PackageDiff<readonly PackageInfo[]>
  | null;

/** container-diff's Go prints a list that was never filled as `null`. */
export function nullIfEmpty<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
