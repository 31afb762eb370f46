import { analyze, diff } from './analysis-commands.js';
import { parseArguments } from './arguments.js';
import type { Command } from './command.js';
import { compare } from './compare-command.js';
import { printFailure } from './failure.js';
import { helpText } from './help.js';
import type { Services } from './services.js';
import type { Terminal } from './terminal.js';
import { checkOutput } from './write-output.js';

/** Could not tell: an error, of any kind. */
const FAILED = 2;
/** As a shell reports a process that Ctrl-C ended. */
export const INTERRUPTED = 130;

/** Runs one command and gives the exit code. Never throws: what goes wrong is printed on stderr. */
export async function run(terminal: Terminal, services: Services): Promise<number> {
  let command: Command | undefined;
  try {
    command = parseArguments(terminal.args);
    return await execute(command, terminal, services);
  } catch (error) {
    if (terminal.signal.aborted) return INTERRUPTED;
    const debug = command !== undefined && 'debug' in command && command.debug;
    await terminal.stderr.write(printFailure(error, debug));
    return FAILED;
  }
}

async function execute(command: Command, terminal: Terminal, services: Services): Promise<number> {
  if ('output' in command) await checkOutput(command);
  switch (command.command) {
    case 'compare':
      return compare(command, terminal, services);
    case 'diff':
      return diff(command, terminal, services);
    case 'analyze':
      return analyze(command, terminal, services);
    case 'version':
      await terminal.stdout.write(`${services.version}\n`);
      return 0;
    case 'help':
      await terminal.stdout.write(helpText(command.of));
      return 0;
  }
}
