import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What `image-diff` said, run as it is built, and the most memory that it took. */
export interface Measured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** In bytes of 1,000,000: the promise is 250. */
  readonly peakMb: number;
}

/** Every process of this product stays below it, whatever it reads. */
export const PEAK_LIMIT_MB = 250;

const MAIN = fileURLToPath(new URL('../../dist/bin/image-diff.js', import.meta.url));
/**
 * Prints the peak at the end, in kB. Linux gives a process its parent's `maxRSS` when it is forked, so there the kernel's own
 * mark of this program's memory is read.
 */
const WATCH = `
import { readFileSync } from 'node:fs';
const mark = () => /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))?.[1];
const peak = () => process.platform === 'linux' ? mark() : process.resourceUsage().maxRSS;
process.on('exit', () => console.error('peak ' + peak()));`;

/** Runs the built `image-diff`; needs `npm run build` before it. */
export function measureImageDiff(args: readonly string[]): Promise<Measured> {
  if (!existsSync(MAIN)) throw new Error('image-diff is not built: run `npm run build` first');
  const preload = `--import=data:text/javascript,${encodeURIComponent(WATCH)}`;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [preload, MAIN, ...args],
      { maxBuffer: 64_000_000, encoding: 'utf8' },
      (error, stdout, stderr) => {
        const kilobytes = Number(/peak (\d+)\s*$/.exec(stderr)?.[1]);
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr, peakMb: (kilobytes * 1024) / 1e6 });
      },
    );
  });
}
