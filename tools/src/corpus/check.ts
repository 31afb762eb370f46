/**
 * Compares every labelled pair of the corpus and prints a table of wrong verdicts; exit code 1 if there is one.
 *
 *     node tools/dist/corpus/check.js LABELS.tsv [--registry=HOST] [--only=CASE,…] [--verbose]
 *
 * The pairs must be in the engine, and are compared there as publish-image does it, with nothing cached between comparisons. With
 * `--registry` each is also copied there (by skopeo) and compared as image-diff does it, whose cache has the bases after the first.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Comparison, compareImages, createPolicy } from '@image-versions/diff';
import {
  connectEngine,
  createRegistryClient,
  type Engine,
  type ImageSet,
  openEngineImages,
  openRegistryImages,
  parseImageReference,
} from '@image-versions/oci';
import { must } from '../testbed/index.js';
import { type Case, readCases } from './cases.js';

interface Answer {
  readonly pair: Case;
  readonly way: string;
  readonly comparison: Comparison;
  readonly milliseconds: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { registry: { type: 'string' }, only: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const [labels] = positionals;
if (labels === undefined) throw new Error('expected the path of labels.tsv');
const only = values.only?.split(',');
const cases = readCases(labels).filter(({ name }) => only === undefined || only.includes(name));

const engine = await connectEngine();
const client = createRegistryClient();
const policy = createPolicy();
const answers: Answer[] = [];
const queue = cases.values();
const cacheFolder = await mkdtemp(join(tmpdir(), 'image-versions-corpus-'));
try {
  await Promise.all([work(), work(), work()]);
} finally {
  await client.close();
  await rm(cacheFolder, { recursive: true });
}
const wrong = answers.filter(({ comparison, pair }) => comparison.verdict !== pair.label);
const missed = wrong.filter(({ pair }) => pair.label === 'changed').length;
console.log(
  `${cases.length} pairs, ${answers.length} comparisons: ${missed} changes missed, ${wrong.length - missed} rebuilds called changed`,
);
process.exitCode = wrong.length > 0 || answers.length === 0 ? 1 : 0;

/** Takes pairs until none is left. Several do so at once: one image is copied while another is compared. */
async function work(): Promise<void> {
  for (const pair of queue) {
    for (const [way, before, after] of await waysToOpen(engine, pair)) {
      const started = performance.now();
      const options = way === 'engine' ? {} : { inspectAll: false, cacheFolder };
      const comparison = await compareImages(before, after, policy, options);
      const answer = { pair, way, comparison, milliseconds: performance.now() - started };
      answers.push(answer);
      if (values.verbose || comparison.verdict !== pair.label) print(answer);
      await Promise.all([before.close(), after.close()]);
    }
  }
}

async function waysToOpen(from: Engine, { name }: Case): Promise<[way: string, before: ImageSet, after: ImageSet][]> {
  const [a, b] = [`corpus/${name}:a`, `corpus/${name}:b`];
  const local = [await openEngineImages(from, a), await openEngineImages(from, b)] as const;
  if (values.registry === undefined) return [['engine', ...local]];
  const remote = [await pushed(a, values.registry), await pushed(b, values.registry)] as const;
  return [
    ['engine', ...local],
    ['registry', ...remote],
  ];
}

/** Copied by skopeo, which compresses as lightly as it is told to: the engine's push takes three times as long. */
async function pushed(image: string, registry: string): Promise<ImageSet> {
  const target = `${registry}/${image}`;
  const compression = ['--dest-compress-format=gzip', '--dest-compress-level=1'];
  const places = [`docker-daemon:${image}`, `docker://${target}`];
  await must('skopeo', ['copy', '--quiet', '--dest-tls-verify=false', ...compression, ...places]);
  return openRegistryImages(client, parseImageReference(target));
}

function print({ pair, way, comparison, milliseconds }: Answer): void {
  const verdict = comparison.verdict === pair.label ? comparison.verdict : `WRONG: ${comparison.verdict}`;
  const [first] = comparison.changes;
  const evidence = first ? `[${comparison.categories.join()}] ${first.action} ${first.subject}: ${first.detail}` : '';
  const more = comparison.changes.length > 1 ? ` (${comparison.changes.length - 1} more)` : '';
  console.log(
    [pair.name, `${pair.label} (${pair.reason})`, way, verdict, `${Math.round(milliseconds)} ms`, evidence + more].join(
      '\t',
    ),
  );
}
