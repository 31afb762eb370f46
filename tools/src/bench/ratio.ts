/** Timing of two ways to do one thing, in turn in one run: machines are noisy, so only the ratio says something. */
export interface Side {
  readonly name: string;
  readonly run: () => Promise<void>;
}

export interface Ratio {
  readonly medianMs: readonly [number, number];
  /** Of the medians: first side / second side. */
  readonly ratio: number;
}

/** Runs both sides `rounds` times, taking turns in who goes first. */
export async function compareSides(sides: readonly [Side, Side], rounds: number): Promise<Ratio> {
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const start = performance.now();
      await sides[at].run();
      times[at].push(performance.now() - start);
    }
  }
  const medianMs = [median(times[0]), median(times[1])] as const;
  return { medianMs, ratio: medianMs[0] / medianMs[1] };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function formatRatio(what: string, sides: readonly [Side, Side], { medianMs, ratio }: Ratio): string {
  const [first, second] = sides;
  return `${what}: ${first.name} ${Math.round(medianMs[0])} ms, ${second.name} ${Math.round(medianMs[1])} ms, ratio ${ratio.toFixed(2)}`;
}
