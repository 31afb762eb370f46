/**
 * `image-diff compare` against container-diff, diffoci and the floor (reading the image out of the engine and no more), on
 * images of real files; then the bytes that a published fingerprint saves, the throughput against gunzip and sha256 alone, and
 * the memory for a layer of 4 GB. Needs Linux, an engine, `docker-registry`, `debootstrap`, `tar` and `python3`:
 *
 *     npm run build && node tools/dist/bench/image-diff.js [MEGABYTES ...] [--rounds=N] [--without=PROGRAM]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareImages, createPolicy } from '@image-versions/diff';
import { createRegistryClient, openImages } from '@image-versions/oci';
import { type RunningRegistry, startRegistry } from '../testbed/index.js';
import { measureFingerprint } from './image-diff-fingerprint.js';
import { type BenchImages, makeHugeLayout, makeImages, removeImages, type Variant } from './image-diff-images.js';
import { findPrograms, ours, type Program } from './image-diff-programs.js';
import { measureThroughput } from './image-diff-throughput.js';
import { type Measured, measure } from './measured.js';
import { median, type Side, timeInTurns } from './ratio.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, without: { type: 'string', multiple: true, default: [] } },
});
const rounds = Number(values.rounds);
const sizes = positionals.length > 0 ? positionals.map(Number) : [50, 350, 1500];

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-bench-'));
  const registry = await startRegistry({ dataFolder: join(folder, 'registry') });
  try {
    const programs = (await findPrograms(folder)).filter(({ name }) => !values.without.includes(name));
    for (const size of sizes) await benchmark(size, registry, programs, folder);
    await measureHuge(folder);
  } finally {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function benchmark(size: number, registry: RunningRegistry, programs: readonly Program[], folder: string) {
  const images = await makeImages(size, registry.host, folder);
  try {
    console.log(`\n# ${images.megabytes} MB, median of ${rounds} rounds in turns\n`);
    for (const after of ['first', 'noise', 'changed'] as const) await comparePair(images, after, programs);
    await measureFingerprint(images, registry, folder);
    await measureThroughput(images, rounds);
  } finally {
    await removeImages();
    for (const archive of Object.values(images.archive)) await rm(archive, { force: true });
  }
}

const pairNames: Record<Variant, string> = {
  first: 'identical digest',
  noise: 'rebuilt with only noise',
  changed: 'changed in the top layer',
};

async function comparePair(images: BenchImages, after: Variant, programs: readonly Program[]): Promise<void> {
  const remote = (variant: Variant) => `remote://${images.registry[variant]}`;
  const engine = `daemon://${images.engine[after]}`;
  const floor: Program = {
    name: 'floor: the engine alone',
    run: () => measure('sh', ['-c', 'exec docker save "$1" > /dev/null', 'sh', images.engine[after]]),
  };
  await compareOn(`${pairNames[after]}, engine against registry`, [floor, ...programs], remote('first'), engine);
  await compareOn(`${pairNames[after]}, registry against registry`, programs, remote('first'), remote(after));
  if (after === 'first') await compareInProcess(images);
  await compareOn(
    `${pairNames[after]}, archive against archive`,
    programs,
    images.archive.first,
    images.archive[after],
  );
}

/** What it costs where no process is started for it, as in the Nx plugin. */
async function compareInProcess(images: BenchImages): Promise<void> {
  const client = createRegistryClient();
  const once = async () => {
    const open = () => openImages(`remote://${images.registry.first}`, { registryClient: client });
    const [before, after] = await Promise.all([open(), open()]);
    const { verdict } = await compareImages(before, after, createPolicy());
    if (verdict !== 'same') throw new Error(`an image compared with itself is ${verdict}`);
  };
  try {
    await once();
    const [times = []] = await timeInTurns([{ name: 'in process', run: once }], Math.max(rounds, 5));
    console.log(`  ours, in a process that runs: ${median(times).toFixed(1)} ms`);
  } finally {
    await client.close();
  }
}

async function compareOn(what: string, programs: readonly Program[], before: string, after: string): Promise<void> {
  console.log(what);
  const results = new Map<string, Measured[]>();
  const sides: Side[] = [];
  for (const program of programs) {
    const run = async () => {
      const measured = await program.run(before, after);
      if (measured) results.set(program.name, [...(results.get(program.name) ?? []), measured]);
    };
    // A first run, not counted, fills the cache that is meant to be filled, and tells who can read these sources.
    if (program.name.endsWith('cache filled')) await run();
    results.delete(program.name);
    sides.push({ name: program.name, run });
  }
  await timeInTurns(sides, rounds);
  const mediansOf = (name: string) => median((results.get(name) ?? []).map(({ ms }) => ms));
  const own = mediansOf('ours');
  for (const { name } of programs) {
    const measured = results.get(name);
    if (measured === undefined) console.log(`  ${name}: can't read these sources`);
    else {
      const ms = mediansOf(name);
      const ratio = name === 'ours' ? '' : `, ${(ms / own).toFixed(2)} x ours (ours: ${(own / ms).toFixed(2)} x)`;
      const peak = Math.max(...measured.map(({ peakBytes }) => peakBytes));
      console.log(`  ${name}: ${Math.round(ms)} ms, peak ${Math.round(peak / 1e6)} MB${ratio}`);
    }
  }
}

async function measureHuge(folder: string): Promise<void> {
  const layout = join(folder, 'huge');
  await makeHugeLayout(layout);
  const { code, ms, peakBytes, output } = await measure(process.execPath, [
    ours,
    'compare',
    '-q',
    '--no-cache',
    `oci:${layout}:small`,
    `oci:${layout}:huge`,
  ]);
  if (code !== 1) throw new Error(`image-diff ended with ${code}, expected 1 (changed):\n${output}`);
  console.log(`\na layer of 4 GB: ${Math.round(ms)} ms, peak ${Math.round(peakBytes / 1e6)} MB`);
}

await main();
