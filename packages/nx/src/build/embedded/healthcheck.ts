import type { Healthcheck } from '@image-versions/oci';
import { commandLine } from './arguments.js';
import { InstructionError } from './dockerfile-error.js';
import type { Flag } from './parse.js';

const flagNames = {
  interval: 'intervalNs',
  timeout: 'timeoutNs',
  'start-period': 'startPeriodNs',
  'start-interval': 'startIntervalNs',
} as const;

/** What HEALTHCHECK says. Throws `InstructionError` for what it may not say. */
export function parseHealthcheck(rest: string, flags: readonly Flag[]): Healthcheck {
  const [, type = '', after = ''] = /^(\S+)\s*([\s\S]*)$/.exec(rest) ?? [];
  if (type.toUpperCase() === 'NONE') {
    if (after !== '' || flags.length > 0) throw new InstructionError('NONE takes no arguments and no flags');
    return { test: ['NONE'] };
  }
  if (type.toUpperCase() !== 'CMD') throw new InstructionError('expected CMD or NONE');
  const command = commandLine(after);
  const words = 'words' in command ? command.words : [command.shell];
  if (words.join('') === '') throw new InstructionError('CMD has no command');
  const times: Record<string, number> = {};
  for (const { name, value } of flags) {
    if (name === 'retries') {
      if (!/^\d+$/.test(value))
        throw new InstructionError(`expected a whole number of retries, got ${JSON.stringify(value)}`);
      times.retries = Number(value);
    } else times[flagNames[name as keyof typeof flagNames]] = parseDuration(value, name);
  }
  const set = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== 0));
  return { test: ['words' in command ? 'CMD' : 'CMD-SHELL', ...words], ...set };
}

/** Nanoseconds by unit, as Go's `time.ParseDuration` knows them. */
const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
};

/** `1m30s` in nanoseconds. An engine takes 0, which is its default, and nothing else under a millisecond. */
function parseDuration(text: string, name: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)];
  const isWhole = parts.map(([part]) => part).join('') === text && text !== '';
  const total = parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0);
  if (text === '0' || (isWhole && (total === 0 || total >= 1e6))) return Math.round(total);
  throw new InstructionError(`${name}: expected a duration of at least 1ms such as 30s, got ${JSON.stringify(text)}`);
}
