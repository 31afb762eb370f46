import { type ParseArgsConfig, parseArgs } from 'node:util';
import { PROFILES } from '../compare/policy.js';
import { DiffError } from '../errors.js';
import { CONTAINER_DIFF_TYPES, type ContainerDiffType } from '../report/container-diff-shapes.js';
import {
  type AnalyzeCommand,
  type Command,
  type CommonOptions,
  type CompareCommand,
  type DiffCommand,
  FORMATS,
  type Format,
  type HelpCommand,
} from './command.js';
import { fromGoFlags } from './go-flags.js';

type Options = NonNullable<ParseArgsConfig['options']>;

const COMMON = {
  json: { type: 'boolean', short: 'j' },
  format: { type: 'string' },
  platform: { type: 'string' },
  output: { type: 'string', short: 'w' },
  force: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  'no-cache': { type: 'boolean', short: 'n' },
  'cache-dir': { type: 'string', short: 'c' },
  verbosity: { type: 'string', short: 'v' },
  'skip-tls-verify-registry': { type: 'string', multiple: true },
  'registry-certificate': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const satisfies Options;

const COMPARE = {
  ...COMMON,
  profile: { type: 'string' },
  ignore: { type: 'string', multiple: true },
  'rule-on': { type: 'string', multiple: true },
  'rule-off': { type: 'string', multiple: true },
} as const satisfies Options;

const TYPED = {
  ...COMMON,
  type: { type: 'string', short: 't', multiple: true },
  order: { type: 'boolean', short: 'o' },
  save: { type: 'boolean', short: 's' },
} as const satisfies Options;

const DIFF = {
  ...TYPED,
  filename: { type: 'string', short: 'f' },
  'exit-code': { type: 'boolean' },
} as const satisfies Options;

/** container-diff's levels, from quiet to loud. */
const VERBOSITIES = ['panic', 'fatal', 'error', 'warning', 'warn', 'info', 'debug', 'trace'];

/** Flags that container-diff takes before the command, too. */
const GLOBAL = /^(?:-v|--(?:verbosity|format|skip-tls-verify-registry|registry-certificate)(?==|$))(.*)$/s;

/** Reads the command line. Throws `invalid` with the first thing that is wrong. */
export function parseArguments(args: readonly string[]): Command {
  const globals = globalFlags(args);
  const [command, ...others] = args.slice(globals.length);
  const rest = [...globals, ...others];
  switch (command) {
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      return { command: 'help', of: knownCommand(others[0]) };
    case 'version':
    case '--version':
      return { command: 'version' };
    case 'compare':
      return parseCompare(rest);
    case 'diff':
      return parseDiff(rest);
    case 'analyze':
      return parseAnalyze(rest);
    default:
      throw unknownCommand(command);
  }
}

function knownCommand(name: string | undefined): string | undefined {
  if (name === undefined || ['compare', 'diff', 'analyze', 'version', 'help'].includes(name)) return name;
  throw unknownCommand(name);
}

function unknownCommand(name: string): DiffError {
  return new DiffError('invalid', `unknown command ${JSON.stringify(name)}`, {
    hint: 'Expected compare, diff, analyze, version or help.',
  });
}

/** Those in front of the command, with their values. */
function globalFlags(args: readonly string[]): readonly string[] {
  let length = 0;
  for (;;) {
    const [, value] = GLOBAL.exec(args[length] ?? '') ?? [];
    if (value === undefined) return args.slice(0, length);
    length += value === '' ? 2 : 1;
  }
}

function parseCompare(args: readonly string[]): CompareCommand | HelpCommand {
  const { values, positionals } = parse('compare', args, COMPARE);
  if (values.help) return { command: 'help', of: 'compare' };
  const { 'rule-on': on = [], 'rule-off': off = [], ignore = [], profile = 'content' } = values;
  const both = on.find((name) => off.includes(name));
  if (both !== undefined) throw new DiffError('invalid', `rule ${both} is turned both on and off`);
  return {
    command: 'compare',
    images: twoImages('compare', positionals),
    profile: oneOf('--profile', profile, PROFILES),
    ignore,
    rules: Object.fromEntries([...on.map((name) => [name, true]), ...off.map((name) => [name, false])]),
    ...common(values),
  };
}

function parseDiff(args: readonly string[]): DiffCommand | HelpCommand {
  const { values, positionals } = parse('diff', args, DIFF);
  if (values.help) return { command: 'help', of: 'diff' };
  const types = typesOf(values.type);
  const { filename } = values;
  if (filename !== undefined && !types.includes('file')) {
    throw new DiffError('invalid', '--filename compares one file of two images: it needs --type=file');
  }
  return {
    command: 'diff',
    images: twoImages('diff', positionals),
    types,
    order: values.order ? 'size' : 'name',
    save: values.save ?? false,
    filename,
    exitCode: values['exit-code'] ?? false,
    ...common(values),
  };
}

function parseAnalyze(args: readonly string[]): AnalyzeCommand | HelpCommand {
  const { values, positionals } = parse('analyze', args, TYPED);
  if (values.help) return { command: 'help', of: 'analyze' };
  const [image] = positionals;
  if (image === undefined || positionals.length !== 1) throw wrongCount('analyze', 'one image', positionals.length);
  return {
    command: 'analyze',
    images: [image],
    types: typesOf(values.type),
    order: values.order ? 'size' : 'name',
    save: values.save ?? false,
    ...common(values),
  };
}

function parse<T extends Options>(command: string, args: readonly string[], options: T) {
  try {
    const parsed = parseArgs({ args: fromGoFlags(args, options), options, allowPositionals: true, strict: true });
    // As container-diff has it: `--output "$FILE"` of a script that has no FILE.
    const given = Object.entries(parsed.values).filter(([, value]) => value !== '');
    return { ...parsed, values: Object.fromEntries(given) as typeof parsed.values };
  } catch (error) {
    throw new DiffError('invalid', `${command}: ${error instanceof Error ? error.message.split('. To ')[0] : error}`, {
      hint: `\`image-diff ${command} --help\` lists the options.`,
      cause: error,
    });
  }
}

type CommonValues = ReturnType<typeof parse<typeof COMMON>>['values'];

function common(values: CommonValues): CommonOptions {
  const verbosity = oneOf('--verbosity', values.verbosity ?? 'warning', VERBOSITIES);
  return {
    format: formatOf(values),
    platform: values.platform,
    output: values.output,
    force: values.force ?? false,
    quiet: values.quiet ?? false,
    cache: !values['no-cache'],
    cacheDir: values['cache-dir'],
    verbose: VERBOSITIES.indexOf(verbosity) >= VERBOSITIES.indexOf('info'),
    debug: VERBOSITIES.indexOf(verbosity) >= VERBOSITIES.indexOf('debug'),
    uncheckedRegistries: values['skip-tls-verify-registry'] ?? [],
    certificates: new Map((values['registry-certificate'] ?? []).map(certificateOf)),
  };
}

function formatOf({ json, format }: CommonValues): Format {
  if (format?.includes('{{')) {
    throw new DiffError('invalid', '--format: Go templates, which container-diff takes, are not understood', {
      hint: 'Use --json and a tool such as jq.',
    });
  }
  const chosen = oneOf('--format', format ?? (json ? 'json' : 'text'), FORMATS);
  if (json && chosen !== 'json') throw new DiffError('invalid', `--json and --format=${chosen} can't both be`);
  return chosen;
}

function certificateOf(text: string): [registry: string, path: string] {
  const [, registry, path] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (registry !== undefined && path !== undefined) return [registry, path];
  throw new DiffError('invalid', `--registry-certificate: expected registry=path, got ${JSON.stringify(text)}`);
}

/** container-diff takes one type a flag; several with commas between them are taken as well. */
function typesOf(written: readonly string[] | undefined): readonly ContainerDiffType[] {
  const names = (written ?? ['size']).flatMap((value) => value.split(',')).map((name) => name.trim().toLowerCase());
  return names.map((name) => oneOf('--type', name, CONTAINER_DIFF_TYPES));
}

function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value);
  if (found !== undefined) return found;
  throw new DiffError('invalid', `${option}: expected one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`);
}

function twoImages(command: string, positionals: readonly string[]): readonly [string, string] {
  const [before, after] = positionals;
  if (before === undefined || after === undefined || positionals.length !== 2) {
    throw wrongCount(command, 'two images', positionals.length);
  }
  if (before === '-' && after === '-')
    throw new DiffError('invalid', `${command}: only one of the images can be read from stdin (-)`);
  return [before, after];
}

function wrongCount(command: string, expected: string, got: number): DiffError {
  return new DiffError('invalid', `${command}: expected ${expected}, got ${got}`, {
    hint: `\`image-diff ${command} --help\` shows how images are named.`,
  });
}
