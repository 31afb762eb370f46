import { createHash } from 'node:crypto';
import { DiffError } from '../errors.js';
import type { Inspectors, PackageReader } from '../layer/inspect.js';
import { isContentRule, type Rule } from '../noise/rule.js';
import { BUILD_LABELS } from './config.js';
import { ignoreRule } from './ignore.js';

/**
 * - `content`: everything that can change what a container does; build noise is left out (default)
 * - `strict`: everything but times; no rule is on unless named
 * - `size+history`: the total size of the files, and the history, as container-diff compared them; for comparison only
 */
export type Profile = 'content' | 'strict' | 'size+history';

export const PROFILES: readonly Profile[] = ['content', 'strict', 'size+history'];

/** What a person may write. */
export interface PolicyOptions {
  /** Default `content`. */
  readonly profile?: Profile;
  /** Globs of paths that do not matter; see `ignoreRule`. */
  readonly ignore?: readonly string[];
  /** Rules turned on or off by name. */
  readonly rules?: Readonly<Record<string, boolean>>;
}

/** All rules there are. `version` changes whenever what one of them does changes. */
export interface RuleSet {
  readonly version: string;
  /** Those that `isOn` says yes to; a rule that is off is off inside of others, too. */
  readonly select: (isOn: (rule: Rule) => boolean) => readonly Rule[];
}

/** What is compared, in full. */
export interface Policy {
  readonly profile: Profile;
  /** Those that are on, the ignored paths among them. */
  readonly rules: readonly Rule[];
  readonly ignoredLabels: ReadonlySet<string>;
  /** Hex; of the rules and of all options. Part of every fingerprint. */
  readonly version: string;
  /** Of the content rules alone: what a layer's index depends on. */
  readonly contentVersion: string;
}

/** Changes when the meaning of a fingerprint changes: what is compared of an entry, or how. */
const COMPARISON_VERSION = 3;

/** Throws `invalid`, with every name that is not known, for an unknown profile or rule or an empty glob. */
export function normalizePolicy(options: PolicyOptions, ruleSet: RuleSet): Policy {
  const { profile = 'content', ignore = [], rules: switches = {} } = options;
  checkOptions(
    profile,
    ignore,
    switches,
    ruleSet.select(() => true),
  );
  const isOn = (rule: Rule) => switches[rule.name] ?? (profile === 'content' && rule.default);
  const on = ruleSet.select(isOn);
  const globs = [...new Set(ignore)].sort();
  const content = on.filter(isContentRule).map(({ name }) => name);
  return {
    profile,
    rules: globs.length > 0 ? [...on, ignoreRule(globs)] : on,
    ignoredLabels: new Set(profile === 'strict' ? BUILD_LABELS.times : Object.values(BUILD_LABELS).flat()),
    version: shortHash([COMPARISON_VERSION, ruleSet.version, profile, on.map(({ name }) => name).sort(), globs]),
    contentVersion: shortHash([ruleSet.version, content]),
  };
}

/** What the indexer is given under this policy; `readersVersion` changes whenever what a package reader does changes. */
export function inspectorsOf(
  policy: Policy,
  packageReaders: readonly PackageReader[],
  readersVersion: string,
): Inspectors {
  return {
    version: shortHash([policy.contentVersion, readersVersion, packageReaders.map(({ type }) => type)]),
    normalizers: policy.rules.filter(isContentRule),
    packageReaders,
  };
}

function checkOptions(
  profile: string,
  ignore: readonly string[],
  switches: Readonly<Record<string, boolean>>,
  rules: readonly Rule[],
): void {
  const wrong: string[] = [];
  if (!(PROFILES as readonly string[]).includes(profile)) {
    wrong.push(`profile: expected ${PROFILES.join(', ')}, got ${JSON.stringify(profile)}`);
  }
  const known = rules.map(({ name }) => name).sort();
  const unknown = Object.keys(switches).filter((name) => !known.includes(name));
  if (unknown.length > 0) wrong.push(`rules: unknown ${unknown.join(', ')}; known are ${known.join(', ')}`);
  if (ignore.some((glob) => glob.replace(/[/]/g, '') === '')) wrong.push('ignore: a glob is empty');
  if (wrong.length > 0) throw new DiffError('invalid', `policy: ${wrong.join('; ')}`);
}

function shortHash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
