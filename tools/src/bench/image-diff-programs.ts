/** The programs that are compared, each as a process with nothing remembered from the run before, if not said otherwise. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Measured, measure } from './measured.js';

export interface Program {
  readonly name: string;
  /** Compares two images, named as our command line names them; undefined where it can't read such a source. */
  run(before: string, after: string): Promise<Measured | undefined>;
}

export const ours = fileURLToPath(new URL('../../../packages/diff/dist/bin/image-diff.js', import.meta.url));

/** Ours with an empty and with a filled layer cache, and the others where they are found. Keeps its caches below `folder`. */
export async function findPrograms(folder: string): Promise<Program[]> {
  const compare = async (before: string, after: string, cache: string) =>
    checked(await measure(process.execPath, [ours, 'compare', '-q', '-c', cache, before, after]), [0, 1], 'image-diff');
  const warm = join(folder, 'warm');
  const programs: Program[] = [
    { name: 'ours', run: (before, after) => withFolder(folder, (cache) => compare(before, after, cache)) },
    { name: 'ours, cache filled', run: (before, after) => compare(before, after, warm) },
  ];
  const containerDiff = find('CONTAINER_DIFF', 'container-diff');
  if (containerDiff) {
    for (const [name, types] of [
      ['history+size', ['--type=history', '--type=size']],
      ['file', ['--type=file']],
    ] as const) {
      const run = (before: string, after: string) =>
        withFolder(folder, async (cache) => {
          const args = ['diff', before, after, ...types, '--json', '-q', '-n', '-c', cache];
          return checked(await measure(containerDiff, args, { TMPDIR: cache }), [0], 'container-diff');
        });
      programs.push({ name: `container-diff ${name}`, run });
    }
  }
  const diffoci = find('DIFFOCI', 'diffoci');
  if (diffoci) {
    const run = async (before: string, after: string) => {
      // It has no registries over plain HTTP, and of engines only those of API 1.48 and later. Of archives it takes the names.
      if (![before, after].every((name) => name.endsWith('.tar'))) return undefined;
      return withFolder(folder, async (cache) => {
        const script =
          'for tar in "$2" "$3"; do "$0" --backend=local --local-cache="$1" load < "$tar" || exit 3; done; ' +
          'exec "$0" --backend=local --local-cache="$1" diff --semantic --pull=never "$4" "$5"';
        const names = [before, after].map((path) =>
          path.replace(/^.*\/(s\d+)-(\w+)\.tar$/, 'image-versions-bench/$1:$2'),
        );
        const measured = await measure('sh', ['-c', script, diffoci, cache, before, after, ...names]);
        // It ends with 1 for a difference and for a failure alike.
        return checked(measured, /level=fatal/.test(measured.output) ? [] : [0, 1], 'diffoci');
      });
    };
    programs.push({ name: 'diffoci --semantic', run });
  }
  return programs;
}

function find(variable: string, program: string): string | undefined {
  const paths = (process.env.PATH ?? '').split(':').map((folder) => join(folder, program));
  const found = [process.env[variable] ?? '', ...paths].find((path) => path !== '' && existsSync(path));
  if (found === undefined)
    console.log(`SKIPPED: ${program} is not in PATH and not named by ${variable}: no comparison with it`);
  return found;
}

async function withFolder<T>(parent: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(parent, 'cache-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checked(measured: Measured, codes: readonly number[], program: string): Measured {
  if (codes.includes(measured.code)) return measured;
  throw new Error(`${program} ended with ${measured.code}:\n${measured.output}`);
}
