import { describe, expect, it } from 'vitest';
import { END, entry, failure, one, read } from '../testing/tar-blocks-fixture.js';

describe('header fields', () => {
  it('joins prefix and name of a ustar header', async () => {
    expect((await one(entry({ prefix: 'a/b', name: 'c' }))).path).toBe('a/b/c');
  });
  it('takes no prefix out of a v7 header', async () => {
    expect((await one(entry({ magic: '', prefix: 'a/b', name: 'c', type: '\0' }))).path).toBe('c');
  });
  it('reads the times of a GNU header as no prefix', async () => {
    expect((await one(entry({ magic: 'ustar  \0', prefix: '00000000017\x0000000000017\0' }))).path).toBe('f');
  });
  it('reads the prefix that Go before 1.8 wrote into GNU headers', async () => {
    expect((await one(entry({ magic: 'ustar  \0', prefix: 'a/b' }))).path).toBe('a/b/f');
  });
  it('reads base-256 numbers, negative ones included', async () => {
    const negative = Buffer.alloc(12, 0xff);
    negative[11] = 0xfe;
    const seen = await one(entry({ uid: Buffer.from('8000000000300000', 'hex'), mtime: negative }));
    expect(seen).toMatchObject({ uid: 0x300000, mtime: -2 });
  });
  it('reads numbers between blanks', async () => {
    expect((await one(entry({ mode: '   755 \0' }))).mode).toBe(0o755);
  });
  it('keeps only permission bits of the mode', async () => {
    expect((await one(entry({ mode: '0104755\0' }))).mode).toBe(0o4755);
  });
  it('accepts a checksum over signed bytes', async () => {
    expect((await one(entry({ name: 'é', signedChecksum: true }))).path).toBe('é');
  });
  it('tells names apart that are not UTF-8', async () => {
    const paths = [];
    for (const byte of [0xfe, 0xff])
      paths.push((await one(entry({ at: { 0: Buffer.from([0x61, byte, 0x62]) } }))).path);
    expect(paths).toEqual(['a\0feb', 'a\0ffb']);
  });
  it('leaves a name with a real replacement character alone', async () => {
    expect((await one(entry({ name: 'a\ufffdb' }))).path).toBe('a\ufffdb');
  });
  it.each(['-1', 'abc', '99999999999'])('refuses %s as a size', async (size) => {
    await failure(entry({ size: size.padEnd(12, '\0') })).toMatchObject({ code: 'invalid' });
  });
  it.each([Buffer.alloc(12, 0xff), Buffer.from('80ffffffffffffffffffffff', 'hex')])(
    'refuses the size %j',
    async (size) => {
      await failure(entry({ size })).toMatchObject({ code: 'invalid' });
    },
  );
  it('gives an absurd size as what it is: a cut-off archive', async () => {
    await failure(entry({ size: 8 ** 10 }), END).toMatchObject({ code: 'invalid' });
  });
});

describe('types', () => {
  it('reads a whiteout of Docker, which is a file with a link name, as a file', async () => {
    const seen = await one(entry({ name: 'etc/.wh.passwd', link: 'etc/passwd' }));
    expect(seen).toMatchObject({ type: 'file', linkPath: '', path: 'etc/.wh.passwd', size: 0 });
  });
  it('takes no content for a hard link with a size', async () => {
    const seen = await read(Buffer.concat([entry({ type: '1', link: 'a', size: 5 }), entry({ name: 'g' }, 'x'), END]));
    expect(seen.map(({ path, type, size, linkPath }) => [path, type, size, linkPath])).toEqual([
      ['f', 'hardlink', 0, 'a'],
      ['g', 'file', 1, ''],
    ]);
  });
  it.each([
    ['\0', 'd/', 'directory'],
    ['\0', 'd', 'file'],
    ['7', 'd', 'file'],
    ['0', 'd/', 'file'],
    ['Z', 'd', 'file'],
    ['2', 'd', 'symlink'],
    ['3', 'd', 'char-device'],
    ['4', 'd', 'block-device'],
    ['5', 'd/', 'directory'],
    ['6', 'd', 'fifo'],
  ])('reads typeflag %j of %s as %s', async (type, name, expected) => {
    expect((await one(entry({ type, name }))).type).toBe(expected);
  });
  it('passes over a volume label', async () => {
    expect((await one(entry({ name: 'label', type: 'V' }), entry({}))).path).toBe('f');
  });
  it('passes over the list of names in a GNU dump directory', async () => {
    const seen = await read(Buffer.concat([entry({ name: 'd/', type: 'D' }, 'Ya\0\0'), entry({}), END]));
    expect(seen.map(({ path, type, size }) => [path, type, size])).toEqual([
      ['d/', 'directory', 0],
      ['f', 'file', 0],
    ]);
  });
  it.each(['M', 'N'])('refuses typeflag %s', async (type) => {
    await failure(entry({ type })).toMatchObject({ code: 'unsupported' });
  });
});
