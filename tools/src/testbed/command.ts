import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  readonly timeoutMs?: number;
  /** Told the process id as soon as it runs. */
  readonly onStart?: (pid: number) => void;
  /** Told each piece of output as it comes. */
  readonly onOutput?: (text: string) => void;
}

/** Runs a program without a shell and gives what it printed, whatever its exit code (-1: a signal ended it). */
export function command(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 480_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    let output = '';
    const collect = (text: string) => {
      output += text;
      options.onOutput?.(text);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      collect(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      collect(text);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr, output }));
    if (child.pid !== undefined) options.onStart?.(child.pid);
    child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  });
}

/** The same, for what must succeed: gives stdout without its last newline. */
export async function must(program: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await command(program, args, options);
  if (result.code !== 0) {
    throw new Error(`${program} ${args.join(' ')} ended with ${result.code}:\n${result.output}`);
  }
  return result.stdout.trimEnd();
}
