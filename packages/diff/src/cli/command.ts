import type { Profile } from '../compare/policy.js';
import type { Order } from '../report/container-diff-files.js';
import type { ContainerDiffType } from '../report/container-diff-shapes.js';

export const FORMATS = ['text', 'json', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

/** What every command takes. */
export interface CommonOptions {
  readonly format: Format;
  /** `linux/arm64`, where a name stands for several images; all of them or the engine's own where absent. */
  readonly platform: string | undefined;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly quiet: boolean;
  /** Whether layer indexes are kept for the next run. */
  readonly cache: boolean;
  readonly cacheDir: string | undefined;
  /** Whether all changes are listed, and the noise. */
  readonly verbose: boolean;
  /** Whether stacks are printed. */
  readonly debug: boolean;
  /** Registries whose certificate is not checked. */
  readonly uncheckedRegistries: readonly string[];
  /** Files of further certificates, by registry. */
  readonly certificates: ReadonlyMap<string, string>;
}

export interface CompareCommand extends CommonOptions {
  readonly command: 'compare';
  readonly images: readonly [before: string, after: string];
  readonly profile: Profile;
  readonly ignore: readonly string[];
  readonly rules: Readonly<Record<string, boolean>>;
}

interface Typed extends CommonOptions {
  readonly types: readonly ContainerDiffType[];
  readonly order: Order;
  readonly save: boolean;
}

export interface DiffCommand extends Typed {
  readonly command: 'diff';
  readonly images: readonly [before: string, after: string];
  /** A file whose texts are compared. */
  readonly filename: string | undefined;
  /** Whether a difference is exit code 1. */
  readonly exitCode: boolean;
}

export interface AnalyzeCommand extends Typed {
  readonly command: 'analyze';
  readonly images: readonly [image: string];
}

export interface HelpCommand {
  readonly command: 'help';
  readonly of: string | undefined;
}

export type Command = CompareCommand | DiffCommand | AnalyzeCommand | HelpCommand | { readonly command: 'version' };
