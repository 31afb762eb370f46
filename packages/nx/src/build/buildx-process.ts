import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { ImageVersionsError } from '../errors.js';

/** How much of the end of the output is kept, to be shown where the command fails. */
const keptLines = 50;
const keptLineLength = 500;

export interface DockerCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Applied to each line before anybody gets it. */
  readonly mask: (line: string) => string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

export interface DockerResult {
  /** Not 0 where it failed, or was ended by a signal. */
  readonly code: number;
  /** The last lines, cut to a length. */
  readonly output: readonly string[];
}

/**
 * Runs the `docker` program, without a shell, and gives its exit code. Both its outputs come as one, line by line, without what acts
 * on a terminal. Errors: `environment` where there is no such program; the reason of `signal` where that ends it.
 */
export async function runDocker({ args, cwd, env, mask, onLine, signal }: DockerCommand): Promise<DockerResult> {
  signal?.throwIfAborted();
  const child = spawn('docker', args, { cwd, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
  const both = new PassThrough();
  let open = 2;
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(both, { end: false });
    stream.once('close', () => {
      open -= 1;
      if (open === 0) both.end();
    });
  }
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      both.end();
      if (signal?.aborted) reject(signal.reason);
      else reject(cause.code === 'ENOENT' ? noDocker(cause) : cause);
    });
    child.once('close', (code) => resolve(code ?? 1));
  });
  // Reported where it is awaited, below; the output is read to its end first.
  ended.catch(() => undefined);
  const output: string[] = [];
  for await (const raw of createInterface({ input: both, crlfDelay: Number.POSITIVE_INFINITY })) {
    const line = mask(raw.replace(/\p{Cc}/gu, (char) => (char === '\t' ? char : '')).trimEnd());
    if (line === '') continue;
    output.push(line.length > keptLineLength ? `${line.slice(0, keptLineLength)} …` : line);
    if (output.length > keptLines) output.shift();
    onLine(line);
  }
  return { code: await ended, output };
}

function noDocker(cause: Error): ImageVersionsError {
  return new ImageVersionsError('environment', "Builder buildx: there is no program docker on this machine's PATH", {
    hint: "Install Docker's CLI with its plugin buildx (no engine is needed), or choose another builder.",
    cause,
  });
}
