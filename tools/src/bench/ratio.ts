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
  const times = await timeInTurns(sides, rounds);
  return ratioOf(median(times[0] ?? []), median(times[1] ?? []));
}

/** Of two medians in ms. */
export function ratioOf(firstMs: number, secondMs: number): Ratio {
  return { medianMs: [firstMs, secondMs], ratio: firstMs / secondMs };
}

/** Runs all sides `rounds` times, each round begun by another one; gives the times in ms of each side. */
export async function timeInTurns(sides: readonly Side[], rounds: number): Promise<number[][]> {
  const times: number[][] = sides.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const at = (round + turn) % sides.length;
      const start = performance.now();
      await sides[at]?.run();
      times[at]?.push(performance.now() - start);
    }
  }
  return times;
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
