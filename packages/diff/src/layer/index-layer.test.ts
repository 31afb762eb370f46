import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { writeTar } from '@image-versions/oci/testing';
import { type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { digestOfText } from '../testing/literal-tree.js';
import { FileInspector, MAX_INSPECTED_BYTES } from './file-inspector.js';
import { indexLayer } from './index-layer.js';
import type { Inspectors } from './inspect.js';

const none = new FileInspector({ version: '0', normalizers: [], packageReaders: [] });
type Literal = [header: Partial<Header> & { name: string }, content?: string];

function tarOf(...entries: Literal[]): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const [header, content = ''] of entries) tar.entry(header as Header, content);
  tar.finalize();
  return Readable.from(tar);
}

const index = (...entries: Literal[]) => indexLayer(tarOf(...entries), none);
const names = async (...entries: Literal[]) => (await index(...entries)).entries.map((entry) => entry.path);

describe('indexing a layer', () => {
  it('keeps type, mode, owner, size and digest of a file, and forgets its time', async () => {
    const { entries } = await index([{ name: 'app/run', mode: 0o4755, uid: 7, gid: 8, mtime: new Date(5) }, 'text']);
    expect(entries).toEqual([
      { path: 'app/run', type: 'file', mode: 0o4755, uid: 7, gid: 8, size: 4, digest: digestOfText('text') },
    ]);
  });

  it('keeps the target of a symlink as written, and of a hard link as a path', async () => {
    const { entries } = await index(
      [{ name: 'a', type: 'symlink', linkname: '../../x/' }],
      [{ name: 'b', type: 'link', linkname: './app/run' }],
    );
    expect(entries.map(({ type, linkTarget }) => [type, linkTarget])).toEqual([
      ['symlink', '../../x/'],
      ['hardlink', 'app/run'],
    ]);
  });

  it('keeps device numbers and the bytes of extended attributes', async () => {
    const { entries } = await index(
      [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }],
      [{ name: 'ping', pax: { 'SCHILY.xattr.user.a': 'ab' } }, ''],
    );
    expect(entries[0]).toMatchObject({ type: 'char-device', device: { major: 1, minor: 3 } });
    expect(entries[1]).toMatchObject({ xattrs: { 'user.a': '6162' } });
  });

  it('writes every path one way, and calls the root the empty string', async () => {
    expect(
      await names(
        [{ name: './', type: 'directory' }],
        [{ name: './a' }],
        [{ name: '/b' }],
        [{ name: 'c//d/./e' }],
        [{ name: 'f/', type: 'directory' }],
        [{ name: 'x/../g' }],
      ),
    ).toEqual(['', 'a', 'b', 'c/d/e', 'f', 'g']);
  });

  it.each([['../x'], ['a/../../x'], ['/../x']])('refuses %s, which lies outside of the root', async (name) => {
    await expect(index([{ name }])).rejects.toMatchObject({ code: 'invalid', message: expect.stringContaining(name) });
  });

  it('refuses a hard link to outside of the root', async () => {
    await expect(index([{ name: 'a', type: 'link', linkname: '../../etc/shadow' }])).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('refuses a root that is not a directory, and whiteouts of no name', async () => {
    await expect(index([{ name: './', type: 'symlink', linkname: 'x' }])).rejects.toMatchObject({ code: 'invalid' });
    await expect(index([{ name: 'a/.wh.' }])).rejects.toMatchObject({ code: 'invalid' });
    await expect(index([{ name: 'a/.wh...' }])).rejects.toMatchObject({ code: 'invalid' });
  });

  it('refuses a name longer than any file system can hold', async () => {
    await expect(index([{ name: `${'a/'.repeat(3000)}x` }])).rejects.toMatchObject({ code: 'limit' });
  });

  it('notes whiteouts and opaque directories, which are no entries, and passes over the bookkeeping of AUFS', async () => {
    const layer = await index(
      [{ name: 'd/.wh.gone' }],
      [{ name: '.wh.top' }],
      [{ name: 'd/.wh..wh..opq' }],
      [{ name: '.wh..wh.plnk/x' }],
      [{ name: '.wh..wh.aufs' }],
    );
    expect(layer).toMatchObject({ entries: [], whiteouts: ['d/gone', 'top'], opaque: ['d'] });
  });

  it('lets the last of two entries of a path win, and a directory written twice keep what is in it', async () => {
    const { entries } = await index(
      [{ name: 'a' }, '1'],
      [{ name: 'd', type: 'directory' }],
      [{ name: 'd/x' }, 'x'],
      [{ name: 'd', type: 'directory', mode: 0o700 }],
      [{ name: 'a' }, '22'],
    );
    expect(entries.map(({ path, size, mode }) => [path, size, mode])).toEqual([
      ['a', 2, 0o644],
      ['d', 0, 0o700],
      ['d/x', 1, 0o644],
    ]);
  });

  it('drops what lay in a directory whose name a file takes later', async () => {
    expect(await names([{ name: 'd/x' }], [{ name: 'd-x' }], [{ name: 'd' }, ''])).toEqual(['d', 'd-x']);
  });

  it('counts the bytes of the whole archive', async () => {
    expect((await index([{ name: 'a' }, 'text'])).sizeBytes).toBe(2048);
  });

  it('refuses an archive that is cut off', async () => {
    const whole = Buffer.concat(await Readable.from(tarOf([{ name: 'a' }, 'x'.repeat(5000)])).toArray());
    await expect(indexLayer(Readable.from([whole.subarray(0, 3000)]), none)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('reads a hundred thousand entries of one directory in seconds', async () => {
    const bytes = writeTar(Array.from({ length: 100_000 }, (_, at) => ({ path: `d/file-${at}`, content: 'x' })));
    const started = performance.now();
    const layer = await indexLayer(Readable.from([bytes]), none);
    expect(layer.entries).toHaveLength(100_000);
    expect(performance.now() - started).toBeLessThan(30_000);
  }, 120_000);
});

describe('the content of a file', () => {
  const seen: { path: string; head: number; content: number }[] = [];
  const inspectors: Inspectors = {
    version: '1',
    normalizers: [
      {
        name: 'upper',
        matches: ({ path }) => path.endsWith('.txt'),
        normalize: (content, { path, head }) => {
          seen.push({ path, head: head.byteLength, content: content.byteLength });
          if (content.byteLength === 3) throw new RangeError('bad');
          return content.byteLength === 2
            ? undefined
            : { rule: 'upper', digest: digestOfText(Buffer.from(content).toString().toUpperCase()) };
        },
      },
    ],
    packageReaders: [
      {
        type: 'npm',
        matches: ({ path }) => path === 'package.json',
        read: (content) => [{ type: 'npm', name: 'a', version: Buffer.from(content).toString() }],
      },
    ],
  };

  it('is given whole to a normalizer that wants it, over however many chunks it comes', async () => {
    const text = 'ab'.repeat(100_000);
    const tar = Buffer.concat(await Readable.from(tarOf([{ name: 'a.txt' }, text], [{ name: 'b' }, text])).toArray());
    const chunks = Array.from({ length: Math.ceil(tar.length / 1000) }, (_, at) =>
      tar.subarray(at * 1000, at * 1000 + 1000),
    );
    const { entries } = await indexLayer(Readable.from(chunks), new FileInspector(inspectors));
    expect(entries[0]).toMatchObject({
      digest: digestOfText(text),
      normal: { rule: 'upper', digest: digestOfText(text.toUpperCase()) },
    });
    expect(entries[1]).toMatchObject({ digest: digestOfText(text) });
    expect(entries[1]).not.toHaveProperty('normal');
    expect(seen.at(-1)).toEqual({ path: 'a.txt', head: 512, content: text.length });
  });

  it('has no normal form where the normalizer finds it not to be what it looked like, or fails on it', async () => {
    const { entries } = await indexLayer(
      tarOf([{ name: 'a.txt' }, 'aa'], [{ name: 'b.txt' }, 'aaa']),
      new FileInspector(inspectors),
    );
    for (const entry of entries) expect(entry).not.toHaveProperty('normal');
  });

  it('tells the packages that it lists', async () => {
    const { entries } = await indexLayer(tarOf([{ name: 'package.json' }, '1.0.0']), new FileInspector(inspectors));
    expect(entries[0]?.packages).toEqual([{ type: 'npm', name: 'a', version: '1.0.0' }]);
  });

  it('is compared by its bytes where it is too large to be held', async () => {
    const size = MAX_INSPECTED_BYTES + 1;
    const header = Buffer.concat(await Readable.from(tarOf([{ name: 'a.txt' }, ''])).toArray()).subarray(0, 512);
    header.write(`${size.toString(8).padStart(11, '0')} `, 124);
    header.fill(' ', 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const tar = async function* () {
      yield header;
      for (let at = 0; at < 128; at++) yield megabyte;
      yield Buffer.concat([Buffer.from('x'), Buffer.alloc(511), Buffer.alloc(1024)]);
    };
    const { entries } = await indexLayer(tar(), new FileInspector(inspectors));
    const hash = createHash('sha256');
    for (let at = 0; at < 128; at++) hash.update(megabyte);
    expect(entries[0]).toMatchObject({ size, digest: `sha256:${hash.update('x').digest('hex')}` });
    expect(entries[0]).not.toHaveProperty('normal');
  });
});
