import type { PublishProgress } from '@image-versions/oci';

/** Where progress is shown. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** How far comparing and pushing one image has come. */
export interface Progress {
  /** Bytes of layers read since the last call. */
  read(bytes: number): void;
  pushed(step: PublishProgress): void;
  /** Ends what is shown. Elsewhere than on a terminal, says in a line each what was read and pushed. */
  done(): void;
}

const everyMs = 100;

/**
 * On a terminal one line that is written over; elsewhere (CI, a task whose output Nx collects) nothing while it lasts, and a line each in the
 * end, so that the output of tasks that run side by side stays readable.
 */
export function showProgress(
  project: string,
  output: ProgressOutput = process.stderr,
  env: Readonly<Record<string, string | undefined>> = process.env,
  now: () => number = Date.now,
): Progress {
  const onTerminal = output.isTTY === true && !env.CI && env.TERM !== 'dumb';
  let readBytes = 0;
  let sentBytes = 0;
  const counts = { pushed: 0, there: 0 };
  let last = now();
  let isShown = false;
  const refresh = () => {
    if (!onTerminal || now() - last < everyMs) return;
    last = now();
    isShown = true;
    output.write(`\r\u001b[K${project}: ${[...lines()].join(', ')}`);
  };
  function* lines() {
    if (readBytes >= 50_000) yield `read ${megabytes(readBytes)} of layers to compare`;
    if (counts.pushed + counts.there > 0) {
      const { pushed, there } = counts;
      yield `pushed ${pushed} ${pushed === 1 ? 'layer' : 'layers'} (${megabytes(sentBytes)}), ${there} ${there === 1 ? 'was' : 'were'} there`;
    }
  }
  return {
    read(bytes) {
      readBytes += bytes;
      refresh();
    },
    pushed({ step, sizeBytes }) {
      if (step === 'pushed') {
        counts.pushed++;
        sentBytes += sizeBytes;
      } else if (step !== 'compressed') counts.there++;
      refresh();
    },
    done() {
      if (isShown) output.write('\r\u001b[K');
      isShown = false;
      if (!onTerminal) for (const line of lines()) output.write(`${project}: ${line}\n`);
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
