import { createColors } from 'picocolors';
import { type Paint, plain, printBytes } from '../report/container-diff-text.js';

/** The process around the tool, as a value. */
export interface Terminal {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export interface Output {
  readonly isTerminal: boolean;
  /** Of the terminal, which may be made narrower at any time. */
  readonly columns?: () => number | undefined;
  write(text: string): Promise<void>;
}

/** Whether to colour: on a terminal, unless `NO_COLOR` (no-color.org) or a dumb one; `FORCE_COLOR` overrides the terminal. */
export function wantsColor(env: Terminal['env'], isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

export function painter(isColored: boolean): Paint {
  if (!isColored) return plain;
  const colors = createColors(true);
  return (tone, text) => {
    switch (tone) {
      case 'added':
        return colors.green(text);
      case 'removed':
        return colors.red(text);
      case 'modified':
        return colors.yellow(text);
      case 'heading':
        return colors.bold(text);
      case 'faint':
        return colors.dim(text);
    }
  };
}

export interface Progress {
  /** Bytes read since the last call. */
  add(bytes: number): void;
  /** Takes the line away. */
  done(): Promise<void>;
}

const EVERY_MS = 100;
/** Shorter readings show nothing. */
const AFTER_MS = 500;

/** One line on stderr that says how much was read; nothing where nobody looks: no terminal, `--quiet`, CI. */
export function progressOn({ stderr, env }: Terminal, isQuiet: boolean, now: () => number = Date.now): Progress {
  if (isQuiet || !stderr.isTerminal || env.CI) return { add: () => {}, done: async () => {} };
  const begin = now();
  let total = 0;
  let last = begin + AFTER_MS - EVERY_MS;
  let isShown = false;
  return {
    add(bytes) {
      total += bytes;
      const time = now();
      if (time - last < EVERY_MS) return;
      last = time;
      isShown = true;
      const rate = printBytes(Math.round((total * 1000) / Math.max(time - begin, 1)));
      const line = `reading: ${printBytes(total)} (${rate}/s)`;
      // A line that goes on in the next could not be taken away.
      const room = (stderr.columns?.() ?? line.length + 1) - 1;
      void stderr.write(`\r\u001b[K${line.slice(0, Math.max(room, 0))}`);
    },
    async done() {
      if (isShown) await stderr.write('\r\u001b[K');
      isShown = false;
    },
  };
}
