import type { Comparison } from '../compare/comparison.js';
import { comparisonToJson } from '../report/comparison-json.js';
import type { CompareCommand } from './command.js';
import type { Services } from './services.js';
import { progressOn, type Terminal, wantsColor } from './terminal.js';
import { withImageSets } from './with-images.js';
import { writeOutput } from './write-output.js';

/** `image-diff compare`; gives the exit code: 0 same, 1 changed. */
export async function compare(command: CompareCommand, terminal: Terminal, services: Services): Promise<number> {
  const { signal } = terminal;
  const progress = progressOn(terminal, command.quiet);
  const comparison = await withImageSets(command.images, command, { services, signal }, async ([before, after]) => {
    try {
      if (!before || !after) throw new Error('two images were not opened');
      return await services.compare(before, after, command, { signal, onProgress: progress.add });
    } finally {
      await progress.done();
    }
  });
  await writeOutput(print(command, comparison, terminal, services), command, terminal);
  return comparison.verdict === 'same' ? 0 : 1;
}

function print(command: CompareCommand, comparison: Comparison, terminal: Terminal, services: Services): string {
  if (command.format === 'json') return comparisonToJson(comparison);
  const color = wantsColor(terminal.env, terminal.stdout.isTerminal && command.output === undefined);
  return services.printComparison(comparison, command.format, { color, verbose: command.verbose });
}
