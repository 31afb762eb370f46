import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { scanTar } from '../archive/tar-reader.js';
import type { Digest } from '../content/descriptor.js';
import { dockerArchiveEntries, dockerOciArchiveEntries } from '../testing/archive-builder.js';
import { chunked } from '../testing/chunked.js';
import { buildImage } from '../testing/image-builder.js';
import { type TarLiteral, writeTar } from '../testing/tar-writer.js';
import { documentOf, readSaveStream, type SaveStreamOptions } from './save-stream.js';

const base = { files: [{ path: 'etc/os', content: 'base' }], compression: 'none' } as const;
const app = (content: string) =>
  ({ files: [{ path: 'app', content: content.padEnd(5000) }], compression: 'none' }) as const;
const one = buildImage({ layers: [base, app('1')] });
const two = buildImage({ layers: [base, app('2')] });
const images = [
  { image: one, tags: ['app:1'] },
  { image: two, tags: ['app:2'] },
];
const diffIdsOf = (...built: (typeof one)[]) =>
  new Set(built.flatMap(({ layers }) => layers.map(({ diffId }) => diffId)));

/** Reads the entries of a layer, noting that it did. */
function reading(
  entries: readonly TarLiteral[],
  diffIds: ReadonlySet<Digest>,
  more: Partial<SaveStreamOptions<unknown>> = {},
) {
  const calls: string[] = [];
  const read = async (tar: AsyncIterable<Uint8Array>) => {
    const names: string[] = [];
    await scanTar(tar, { entry: ({ path }) => void names.push(path) });
    calls.push(names.join());
    return names.join();
  };
  const options = { name: 'test', diffIds, read, ...more } as SaveStreamOptions<string>;
  return { calls, done: readSaveStream(chunked(writeTar(entries), 1000), options) };
}

describe.each([
  ['of Docker up to 24', dockerArchiveEntries(images)],
  ['of Docker since 25', dockerOciArchiveEntries(images)],
])('a save stream %s', (_, entries) => {
  it('gives each wanted layer once, by its diffId', async () => {
    const { calls, done } = reading(entries, diffIdsOf(one, two));
    const { layers } = await done;
    expect(new Set(layers.keys())).toEqual(diffIdsOf(one, two));
    expect([...layers.values()].sort()).toEqual(['app', 'app', 'etc/os']);
    expect(calls).toHaveLength(3);
  });
  it('gives the documents, found by their digest', async () => {
    const { documents } = await reading(entries, new Set()).done;
    expect(documentOf(documents, one.config.descriptor.digest)).toEqual(one.config.bytes);
    expect(documents.has('manifest.json')).toBe(true);
  });
  it('passes over layers that are known and not wanted', async () => {
    const { paths } = await reading(entries, diffIdsOf(one, two)).done;
    const top = one.layers[1]?.diffId as Digest;
    const { calls, done } = reading(entries, new Set([top]), { known: paths });
    expect([...(await done).layers.keys()]).toEqual([top]);
    expect(calls).toEqual(['app']);
  });
  it('gives nothing for a layer whose bytes were changed', async () => {
    const changed = entries.map((entry) =>
      entry.content === one.layers[1]?.tar ? { ...entry, content: two.layers[1]?.tar } : entry,
    ) as TarLiteral[];
    await expect(reading(changed, diffIdsOf(one)).done).rejects.toMatchObject({ code: 'mismatch' });
  });
});

describe('a save stream', () => {
  const entries = dockerArchiveEntries(images);
  const bytes = writeTar(entries);
  const options = { name: 'test', diffIds: diffIdsOf(one), read: async () => 'read' };

  it('may have compressed layers (ggcr, containerd)', async () => {
    const packed = entries.map((entry) =>
      entry.path.endsWith('layer.tar') && entry.content !== undefined
        ? { path: entry.path.replace('/layer.tar', '.tar.gz'), content: gzipSync(entry.content) }
        : entry,
    );
    expect((await reading(packed, diffIdsOf(one)).done).layers.size).toBe(2);
  });
  it('is read whole where a reader stops early', async () => {
    const stopping = async (tar: AsyncIterable<Uint8Array>) => {
      for await (const _ of tar) return 'stopped';
      return 'empty';
    };
    const { layers } = await readSaveStream(chunked(bytes, 1000), { ...options, read: stopping });
    expect([...layers.values()]).toEqual(['stopped', 'stopped']);
  });
  it('fails with what a reader fails with for a wanted layer, and only then', async () => {
    const top = one.layers[1]?.diffId as Digest;
    const read = async (tar: AsyncIterable<Uint8Array>) => {
      const chunks = [];
      for await (const chunk of tar) chunks.push(chunk);
      if (Buffer.concat(chunks).includes('etc/os')) throw new Error('not this one');
      return 'read';
    };
    expect(
      (await readSaveStream(chunked(bytes, 1000), { ...options, diffIds: new Set([top]), read })).layers.size,
    ).toBe(1);
    await expect(readSaveStream(chunked(bytes, 1000), { ...options, read })).rejects.toThrow('not this one');
  });
  it.each([100, 2000, 3000, 6000, 9000])('is an error when it is cut off after %i bytes', async (length) => {
    const reading = readSaveStream(chunked(bytes.subarray(0, length), 1000), options);
    await expect(reading).rejects.toMatchObject({ code: expect.stringMatching(/invalid|mismatch/) });
  });
  it('fails with the error of the stream', async () => {
    async function* cut() {
      yield bytes.subarray(0, 3000);
      throw new Error('connection lost');
    }
    await expect(readSaveStream(cut(), options)).rejects.toThrow('connection lost');
  });
  it('stops at the signal', async () => {
    const signal = AbortSignal.abort();
    await expect(readSaveStream(chunked(bytes, 1000), { ...options, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
  it('tells how many bytes came', async () => {
    let total = 0;
    const onProgress = (count: number) => {
      total += count;
    };
    await readSaveStream(chunked(bytes, 1000), { ...options, onProgress });
    expect(total).toBe(bytes.length);
  });
  it('refuses a manifest of 100 MB', async () => {
    async function* endless() {
      const header = writeTar([{ path: 'manifest.json', raw: { size: '575360400000' } }], { end: false });
      yield header;
      for (;;) yield Buffer.alloc(1_000_000, ' ');
    }
    await expect(readSaveStream(endless(), options)).rejects.toMatchObject({ code: 'limit' });
  });
  it('counts a damaged layer only for who wants it', async () => {
    const damaged = [{ path: 'x/layer.tar', content: gzipSync('x'.repeat(5000)).subarray(0, 30) }, ...entries];
    expect((await reading(damaged, diffIdsOf(one)).done).layers.size).toBe(2);
    const wanted = new Set<Digest>([`sha256:${'0'.repeat(64)}`]);
    await expect(reading(damaged, wanted).done).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/gzip/),
    });
  });
});
