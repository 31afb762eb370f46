import { commandLine, jsonList, listOrWords, namesAndValues } from './arguments.js';
import { InstructionError } from './dockerfile-error.js';
import { parseHealthcheck } from './healthcheck.js';
import type { Instruction } from './parse.js';
import { parsePorts } from './ports.js';
import { type StageConfig, setVariable } from './stage-config.js';

/** What an instruction that only changes the config is carried out with. */
export interface ConfigScope {
  readonly config: StageConfig;
  readonly escapeSign: string;
  readonly expand: (word: string) => string;
  readonly expandList: (text: string) => string[];
  /** Whether CMD was set in this stage: ENTRYPOINT then leaves it. */
  cmdIsOwn: boolean;
}

/** Instructions that change the config and no file. */
export const configInstructions: Readonly<Record<string, (instruction: Instruction, scope: ConfigScope) => void>> = {
  ENV({ rest }, { config, escapeSign, expand }) {
    // All are filled in before the first is set.
    const pairs = namesAndValues(rest, escapeSign).map(([name, value]) => [expand(name), expand(value)] as const);
    for (const [name, value] of pairs) {
      if (name === '') throw new InstructionError('a variable has no name');
      setVariable(config.run, name, value);
    }
  },
  LABEL({ rest }, { config, escapeSign, expand }) {
    const pairs = namesAndValues(rest, escapeSign).map(([name, value]) => [expand(name), expand(value)] as const);
    if (pairs.some(([name]) => name === '')) throw new InstructionError('a label has no name');
    config.run.labels = { ...config.run.labels, ...Object.fromEntries(pairs) };
  },
  EXPOSE({ rest }, { config, expandList }) {
    const ports = expandList(rest).flatMap(parsePorts);
    if (ports.length === 0) throw new InstructionError('expected a port');
    config.run.exposedPorts = sortedUnion(config.run.exposedPorts, ports);
  },
  VOLUME({ rest }, { config, expand }) {
    const volumes = listOrWords(rest).map((word) => expand(word).trim());
    if (volumes.length === 0 || volumes.includes('')) throw new InstructionError('expected a path');
    config.run.volumes = sortedUnion(config.run.volumes, volumes);
  },
  USER({ rest }, { config, expand }) {
    config.run.user = required(expand(rest), 'a user');
  },
  STOPSIGNAL({ rest }, { config, expand }) {
    const signal = required(expand(rest), 'a signal');
    if (!/^(\d{1,2}|(SIG)?[A-Z]+\d?([+-]\d+)?)$/i.test(signal)) {
      throw new InstructionError(`expected a signal such as SIGTERM, got ${JSON.stringify(signal)}`);
    }
    config.run.stopSignal = signal;
  },
  CMD({ rest }, scope) {
    scope.config.run.cmd = withShell(rest, scope.config);
    scope.cmdIsOwn = true;
  },
  ENTRYPOINT({ rest }, scope) {
    scope.config.run.entrypoint = withShell(rest, scope.config);
    if (!scope.cmdIsOwn) scope.config.run.cmd = undefined;
  },
  SHELL({ rest }, { config }) {
    const words = jsonList(rest);
    if (words === undefined || words.length === 0)
      throw new InstructionError('expected a list in JSON, ["/bin/sh", "-c"]');
    config.run.shell = words;
  },
  HEALTHCHECK({ rest, flags }, { config }) {
    config.run.healthcheck = parseHealthcheck(rest, flags);
  },
  MAINTAINER({ rest }, { config }) {
    config.author = required(rest, 'a name');
  },
  ONBUILD({ rest }, { config }) {
    const keyword = (/^\S+/.exec(rest)?.[0] ?? '').toUpperCase();
    if (['', 'ONBUILD', 'FROM', 'MAINTAINER'].includes(keyword)) {
      throw new InstructionError(`${keyword || 'nothing'} can't be a trigger`);
    }
    config.run.onBuild = [...config.run.onBuild, rest];
  },
};

/** A line for a shell goes to the stage's. */
function withShell(rest: string, { run }: StageConfig): readonly string[] {
  const command = commandLine(rest);
  return 'words' in command ? command.words : [...(run.shell ?? ['/bin/sh', '-c']), command.shell];
}

function required(text: string, what: string): string {
  if (text === '') throw new InstructionError(`expected ${what}`);
  return text;
}

const sortedUnion = (a: readonly string[], b: readonly string[]): string[] => [...new Set([...a, ...b])].sort();
