/** One process, timed, with its peak memory. Linux only: the peak is read from /proc while the process runs. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  readonly ms: number;
  /** Peak resident memory in bytes, up to 20 ms before the end. */
  readonly peakBytes: number;
  readonly code: number;
  readonly output: string;
}

export function measure(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let peakBytes = 0;
    let output = '';
    const look = () => {
      peakBytes = Math.max(peakBytes, peakOf(child.pid));
    };
    const timer = setInterval(look, 20);
    const collect = (data: Buffer) => {
      output = (output + data.toString()).slice(-2000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error) => {
      clearInterval(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ ms: performance.now() - start, peakBytes, code: code ?? -1, output });
    });
  });
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    // The process has ended.
    return 0;
  }
}
