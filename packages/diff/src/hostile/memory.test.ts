import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildImage, dockerArchiveEntries, type TarLiteral, writeTar } from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import { zipBytes } from '../testing/archive-bytes.js';
import { measureImageDiff, PEAK_LIMIT_MB } from './measured-child.testing.js';
import { temporaryFolder } from './temporary-folder.testing.js';
import { type Pieces, tarOf, writeImage } from './written-image.testing.js';

const folder = temporaryFolder();
const TIMEOUT_MS = 300_000;
const archived = (content: string) =>
  writeTar(dockerArchiveEntries([{ image: buildImage({ layers: [[{ path: 'app/main', content }]] }) }]));
const small = join(folder, 'small.tar');
writeFileSync(small, archived('1'));

/** Compares the two, and holds the process against the bound that all its kind is held against. */
async function compareWithin(before: string, after: string, cache = ['--no-cache']) {
  const measured = await measureImageDiff(['compare', before, after, '--json', ...cache]);
  expect(measured.peakMb, measured.stderr).toBeLessThan(PEAK_LIMIT_MB);
  return measured;
}

async function written(name: string, pieces: Pieces): Promise<string> {
  const path = join(folder, `${name}.tar`);
  await writeImage(path, pieces);
  return path;
}

function* times<T>(count: number, make: (at: number) => T): Generator<T> {
  for (let at = 0; at < count; at++) yield make(at);
}

/** Code and the error's text: what a hostile image may end in, other than a verdict. */
const refused = (what: RegExp) => ({ code: 2, stderr: expect.stringMatching(what) });

describe('image-diff stays within its memory', { timeout: TIMEOUT_MS }, () => {
  it('with a hundred thousand files in one directory, all of which differ', async () => {
    const layer = (content: string) => () =>
      tarOf(times(100_000, (at): TarLiteral => ({ path: `srv/app/data/file-${at}.js`, content: `${content}${at}` })));
    const [before, after] = [await written('many-1', layer('1')), await written('many-2', layer('2'))];
    const cache = ['--cache-dir', join(folder, 'cache')];
    for (const time of ['reading the layers', 'reading the cache']) {
      const measured = await compareWithin(before, after, cache);
      expect(measured.code, time).toBe(1);
      expect(JSON.parse(measured.stdout)).toMatchObject({ verdict: 'changed', truncated: true });
    }
  });

  it('with a hundred and eighty thousand files in each image, all but one the same', async () => {
    const layer = (changed: string) => () =>
      tarOf(
        times(
          180_000,
          (at): TarLiteral => ({ path: `srv/app/data/file-${at}.js`, content: at === 5 ? changed : `${at}` }),
        ),
      );
    const [before, after] = [await written('large-1', layer('1')), await written('large-2', layer('2'))];
    const measured = await compareWithin(before, after);
    expect(JSON.parse(measured.stdout)).toMatchObject({ changes: [{ subject: '/srv/app/data/file-5.js' }] });
  });

  it('with more files than it can hold', async () => {
    const after = await written('too-many', () => tarOf(times(400_000, (at): TarLiteral => ({ path: `f${at}` }))));
    expect(await compareWithin(small, after)).toMatchObject(refused(/paths of both images together/));
  });

  it('with a layer of 4 GiB of zeros in a gzip of 18 MB', async () => {
    const zeros = Buffer.alloc(4 * 1024 * 1024);
    const header = writeTar([{ path: 'zeros', raw: { size: '40000000000\0' } }], { end: false });
    const after = await written('zeros', function* () {
      yield header;
      for (let at = 0; at < 1024; at++) yield zeros;
      yield Buffer.alloc(1024);
    });
    const measured = await compareWithin(small, after);
    expect(measured).toMatchObject({ code: 1, stdout: expect.stringContaining('4.3 GB') });
  });

  it('with names of nearly a megabyte, one after another', async () => {
    const name = (at: number) => `${at}-`.padEnd(1_000_000, 'n');
    const after = await written('names', () => tarOf1(times(200, (at): TarLiteral => ({ path: name(at) }))));
    expect(await compareWithin(small, after)).toMatchObject(refused(/more than 4096/));
  });

  it('with names that are long, and as many as there may be', async () => {
    const name = (at: number) => `${'d'.repeat(200)}/`.repeat(20) + at;
    const after = await written('long', () => tarOf(times(60_000, (at): TarLiteral => ({ path: name(at) }))));
    expect(await compareWithin(small, after)).toMatchObject(refused(/paths of both images together/));
  });

  it('with paths of two thousand directories each, none the same', async () => {
    const after = await written('deep', () =>
      tarOf(times(2000, (at): TarLiteral => ({ path: `${at}${'/a'.repeat(2000)}` }))),
    );
    expect(await compareWithin(small, after)).toMatchObject(refused(/paths of both images together/));
  });

  it('with attributes and global headers without end', async () => {
    const value = 'v'.repeat(60_000);
    const attributes = await written('attributes', () =>
      tarOf(
        times(3000, (at): TarLiteral => ({ path: `f${at}`, xattrs: { 'user.a': value, 'user.b': `${at}${value}` } })),
      ),
    );
    expect(await compareWithin(small, attributes)).toMatchObject({ code: 1 });
    const global = (at: number) =>
      writeTar([{ path: 'g', content: record(`k${at}`, value), raw: { typeflag: 'g' } }], { end: false });
    const globals = await written('globals', function* () {
      yield* times(5000, global);
      yield writeTar([{ path: 'app/main', content: '2' }]);
    });
    expect(await compareWithin(small, globals)).toMatchObject({ code: 1 });
  });

  it('with an archive that is a bomb itself, or whose index is', async () => {
    const bomb = join(folder, 'bomb.tar.gz');
    writeFileSync(bomb, gzipSync(Buffer.concat([archived('2'), Buffer.alloc(400_000_000)]), { level: 1 }));
    expect(await compareWithin(small, bomb)).toMatchObject({ code: 1 });
    const names = join(folder, 'names.tar');
    const links = [
      ...times(
        6000,
        (at): TarLiteral => ({ path: `${at}-${'n'.repeat(3900)}`, linkPath: 'x'.repeat(4000), type: 'symlink' }),
      ),
    ];
    writeFileSync(names, Buffer.concat([writeTar(links, { end: false }), archived('2')]));
    expect(await compareWithin(small, names)).toMatchObject(refused(/characters together/));
  });

  it('with a manifest.json of 100 MB', async () => {
    const path = join(folder, 'manifest.tar');
    writeFileSync(path, writeTar([{ path: 'manifest.json', content: Buffer.alloc(100_000_000, 0x20) }]));
    expect(await compareWithin(small, path)).toMatchObject(refused(/more than the 4194304 that are read/));
  });

  it.each([
    ['Env', { config: { Env: Array.from({ length: 1_500_000 }, () => '') } }],
    ['history', { history: Array.from({ length: 2_000_000 }, () => ({})) }],
  ])('with a config of very many values: %s', async (name, configFields) => {
    const path = join(folder, `${name}.tar`);
    const image = buildImage({ layers: [], configFields });
    writeFileSync(path, writeTar(dockerArchiveEntries([{ image }])));
    expect(await compareWithin(small, path)).toMatchObject(refused(/more than 200000 values/));
  });

  it('with jars in a jar that are as large as is looked at', async () => {
    const noise = (size: number, seed: number) => {
      const bytes = Buffer.alloc(size);
      for (let at = 0, x = seed; at + 4 <= size; at += 4) {
        x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        bytes.writeUInt32LE(x, at);
      }
      return bytes;
    };
    const jar = (seed: number) => {
      const inner = zipBytes([{ name: 'a', content: noise(40_000_000, seed), level: 0 }]);
      return zipBytes([1, 2, 3].map((at) => ({ name: `${at}.jar`, content: inner, level: 0, time: seed })));
    };
    const [before, after] = [1, 2].map((seed) => join(folder, `jar-${seed}.tar`));
    for (const [at, path] of [before, after].entries()) {
      await writeImage(path as string, () => [writeTar([{ path: 'app.jar', content: jar(at + 1) }])]);
    }
    expect(await compareWithin(before as string, after as string)).toMatchObject({ code: 1 });
  });
});

/** As `tarOf`, an entry a piece. */
function* tarOf1(entries: Iterable<TarLiteral>): Generator<Uint8Array> {
  for (const entry of entries) yield writeTar([entry], { end: false });
  yield writeTar([]);
}

/** One record of a PAX header. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + 5;
  return `${String(length)}${rest}`;
}
