import type { TargetNames } from '../options/plugin-options.js';

/** What of nx's command line concerns images. Raw text, unchecked. */
export interface ImageRequest {
  /** All words that may be names of targets. */
  readonly words: readonly string[];
  /** From `--version=`, `--pinVersion=` or `--to=`; Nx keeps the first of them to itself. */
  readonly version: string | undefined;
  /** From `--tag=`. Nx makes a number of seven digits, and a zero in front would be lost. */
  readonly tag: string | undefined;
  /** False for the plain `only_changed`, whose result may come from a cache. */
  readonly isSpecial: boolean;
  /** True only where every project that has these targets runs them, and may have its results from a cache. */
  readonly runsAll: boolean;
}

/** Flags of `nx run-many` that leave projects out, or the cache. */
const narrowing = [
  'projects',
  'p',
  'exclude',
  'graph',
  'skipNxCache',
  'skip-nx-cache',
  'disableNxCache',
  'disable-nx-cache',
];

/**
 * Reads `process.argv` of nx: `nx run app:publish-image`, `nx publish-image app`, `nx run-many -t a,b`, `nx affected --targets=a b`.
 * It may see a target where there is none (a project named like one), and never misses one.
 */
export function parseCommandLine(argv: readonly string[], names: TargetNames): ImageRequest {
  const given = argv.slice(2);
  const end = given.indexOf('--');
  const nxArgs = end < 0 ? given : given.slice(0, end);
  const words = nxArgs.flatMap(wordsOf);
  const value = (...flags: string[]) => optionValue(given, flags);
  const mode = value('mode');
  const dryRun = value('dryRun', 'dry-run');
  const tag = value('tag');
  const hasConfiguration =
    value('configuration', 'c') !== undefined ||
    nxArgs.some((arg) => arg === '--prod' || arg.startsWith('--prod=')) ||
    nxArgs.some((arg) => arg.includes(`:${names.publish}:`));
  const isSpecial =
    (mode !== undefined && mode !== 'only_changed') ||
    (dryRun !== undefined && dryRun !== 'false') ||
    tag !== undefined ||
    hasConfiguration;
  return {
    words,
    version: value('version', 'pinVersion', 'pin-version', 'to'),
    tag,
    isSpecial,
    runsAll: given[0] === 'run-many' && value(...narrowing) === undefined && !isSpecial,
  };
}

/** Whether one of these targets is named, or may be by a pattern. */
export function namesTarget({ words }: Pick<ImageRequest, 'words'>, targets: readonly string[]): boolean {
  return words.some((word) => targets.includes(word) || word.includes('*'));
}

/** Projects, targets and configurations named by one argument; none for a flag without a value. */
function wordsOf(arg: string): string[] {
  const text = arg.replace(/^-(?:-[\w-]+|\w)=/, '');
  return text.startsWith('-') ? [] : text.split(/[,:\s]+/);
}

/** The last value of a flag: `--flag=value`, `--flag value`, or `true` for a bare `--flag`; `undefined` if it is not there. */
function optionValue(args: readonly string[], flags: readonly string[]): string | undefined {
  let found: string | undefined;
  for (const [index, arg] of args.entries()) {
    const match = /^--?([\w-]+)(?:=([\s\S]*))?$/.exec(arg);
    if (!match?.[1] || !flags.includes(match[1])) continue;
    const next = args[index + 1];
    found = match[2] ?? (next === undefined || next.startsWith('-') ? 'true' : next);
  }
  return found;
}
