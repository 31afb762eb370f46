import type { ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
const FALSE = /^(?:0|f|F|false|FALSE|False)$/;

/**
 * Flags in the forms that Go's pflag takes, and so container-diff, in those that Node takes: `-t=file` is `--type=file`, where Node
 * would read the value `=file`; `--json=true` is `--json`, and `--json=false` is none, since each flag is off by default.
 */
export function fromGoFlags(args: readonly string[], options: Options): string[] {
  const end = args.indexOf('--');
  const flags = end < 0 ? args : args.slice(0, end);
  return [...flags.flatMap((arg) => fromGoFlag(arg, options)), ...args.slice(flags.length)];
}

function fromGoFlag(arg: string, options: Options): string[] {
  const [, dashes, name, value] = /^(--?)([^=]+)=(.*)$/s.exec(arg) ?? [];
  if (dashes === undefined || name === undefined || value === undefined) return [arg];
  const letter = name.at(-1);
  const long = dashes === '--' ? name : Object.keys(options).find((key) => options[key]?.short === letter);
  const option = options[long ?? ''];
  if (option === undefined) return [arg];
  const others = dashes === '-' ? name.slice(0, -1) : '';
  // `-wname=x` is `-w` with the value `name=x`.
  if ([...others].some((other) => takesValue(other, options))) return [arg];
  const before = others === '' ? [] : [`-${others}`];
  if (option.type === 'string') return [...before, `--${long}=${value}`];
  if (FALSE.test(value)) return before;
  return [...before, TRUE.test(value) ? `--${long}` : arg];
}

function takesValue(letter: string, options: Options): boolean {
  return Object.values(options).some(({ short, type }) => short === letter && type === 'string');
}
