import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TarEntry, TarHeader } from './entry.js';
import { readTar, scanTar } from './tar-reader.js';
import type { TarOptions } from './tar-scanner.js';

interface Field {
  name?: string;
  mode?: string;
  uid?: Buffer | string;
  size?: Buffer | string | number;
  mtime?: Buffer | string;
  type?: string;
  link?: string;
  magic?: string;
  prefix?: string;
  /** Bytes at any place. */
  at?: Record<number, Buffer | string>;
  signedChecksum?: boolean;
}

/** One header block, with content and padding. */
function entry(field: Field, content: Buffer | string = ''): Buffer {
  const block = Buffer.alloc(512);
  const bytes = Buffer.from(content);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const put = (value: Buffer | string, at: number) => Buffer.from(value as string, 'latin1').copy(block, at);
  put(Buffer.from(field.name ?? 'f'), 0);
  put(field.mode ?? octal(0o644, 8), 100);
  put(field.uid ?? octal(0, 8), 108);
  put(octal(0, 8), 116);
  const { size = bytes.length } = field;
  put(typeof size === 'number' ? octal(size, 12) : size, 124);
  put(field.mtime ?? octal(0, 12), 136);
  put(field.type ?? '0', 156);
  put(field.link ?? '', 157);
  put(field.magic ?? 'ustar\x0000', 257);
  put(field.prefix ?? '', 345);
  for (const [at, value] of Object.entries(field.at ?? {})) put(value, Number(at));
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + (field.signedChecksum && byte > 127 ? byte - 256 : byte), 0);
  put(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);
const record = (key: string, value: Buffer | string): Buffer => {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = body.length + 1;
  while (String(length).length + body.length !== length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), body]);
};
const pax = (records: Record<string, Buffer | string>, type = 'x') =>
  entry({ name: 'PaxHeaders/f', type }, Buffer.concat(Object.entries(records).map(([k, v]) => record(k, v))));

async function* chunked(bytes: Buffer, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

interface Seen extends Omit<TarEntry, 'content'> {
  content: Buffer;
}

async function read(bytes: Buffer, options?: TarOptions, chunkSize?: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const { content, ...header } of readTar(chunked(bytes, chunkSize), options)) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    seen.push({ ...header, content: Buffer.concat(chunks) });
  }
  return seen;
}

async function scan(bytes: Buffer, chunkSize?: number): Promise<Seen[]> {
  const seen: Seen[] = [];
  await scanTar(chunked(bytes, chunkSize), {
    entry(header: TarHeader) {
      const chunks: Uint8Array[] = [];
      return {
        data: (chunk) => void chunks.push(Buffer.from(chunk)),
        end: () => void seen.push({ ...header, content: Buffer.concat(chunks) }),
      };
    },
  });
  return seen;
}

const one = async (...blocks: Buffer[]): Promise<Seen> => {
  const seen = await read(Buffer.concat([...blocks, END]));
  expect(seen).toHaveLength(1);
  return seen[0] as Seen;
};
const failure = (...blocks: Buffer[]) => expect(read(Buffer.concat(blocks))).rejects;

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

describe('PAX and GNU records', () => {
  it('folds a local header into the next entry only', async () => {
    const local = pax({ path: 'p/ö', uid: '3000000', gid: '7', mtime: '-1.5', size: '2' });
    const seen = await read(
      Buffer.concat([local, entry({ size: 0 }), Buffer.from('hi'.padEnd(512, '\0')), entry({}), END]),
    );
    expect(seen[0]).toMatchObject({
      path: 'p/ö',
      uid: 3000000,
      gid: 7,
      mtime: -1.5,
      size: 2,
      content: Buffer.from('hi'),
    });
    expect(seen[1]).toMatchObject({ path: 'f', uid: 0, mtime: 0, size: 0 });
  });
  it('keeps the bytes of extended attributes', async () => {
    const value = Buffer.from([1, 0, 0, 2, 0x0a, 0xff, 0x3d]);
    const seen = await one(
      pax({
        'SCHILY.xattr.security.capability': value,
        'LIBARCHIVE.xattr.user.%C3%A4': value.toString('base64'),
        'LIBARCHIVE.xattr.security.capability': 'AAAA',
        'SCHILY.xattr.user.empty': '',
      }),
      entry({}),
    );
    expect([...seen.xattrs].map(([name, bytes]) => [name, Buffer.from(bytes)])).toEqual([
      ['security.capability', value],
      ['user.ä', value],
      ['user.empty', Buffer.alloc(0)],
    ]);
  });
  it('ignores a global header, as engines do', async () => {
    const bytes = Buffer.concat([pax({ uid: '5', comment: 'x' }, 'g'), entry({}), pax({ uid: '6' }), entry({}), END]);
    expect((await read(bytes)).map(({ uid }) => uid)).toEqual([0, 6]);
  });
  it('keeps nothing of global headers', async () => {
    const headers = Array.from({ length: 50 }, (_, at) => pax({ [`k${at}`]: 'v'.repeat(50_000) }, 'g'));
    const bytes = Buffer.concat([...headers, entry({}), END]);
    expect(await read(bytes)).toHaveLength(1);
  });
  it('refuses a PAX keyword with a NUL, which would read as another byte', async () => {
    const bytes = Buffer.concat([pax({ 'SCHILY.xattr.user.\u0000ff': '1' }), entry({}), END]);
    await expect(read(bytes)).rejects.toMatchObject({ code: 'invalid' });
  });
  it('reads GNU long names and long link names', async () => {
    const long = 'n'.repeat(300);
    const seen = await one(
      entry({ type: 'K', name: '././@LongLink', magic: 'ustar  \0' }, `${long}2\0`),
      entry({ type: 'L', name: '././@LongLink', magic: 'ustar  \0' }, `${long}1\0`),
      entry({ type: '2', magic: 'ustar  \0' }),
    );
    expect(seen).toMatchObject({ path: `${long}1`, linkPath: `${long}2` });
  });
  it('reads a name of 1 MiB and refuses a longer one', async () => {
    const name = 'n'.repeat(1024 * 1024);
    expect((await one(pax({ path: name }), entry({}))).path).toBe(name);
    expect((await one(entry({ type: 'L' }, `${name}\0`), entry({}))).path).toBe(name);
    await failure(pax({ path: `${name}n` }), entry({})).toMatchObject({ code: 'limit' });
    await failure(entry({ type: 'L', size: 8 ** 8 })).toMatchObject({ code: 'limit' });
    await failure(entry({ type: 'x', size: 8 ** 10 })).toMatchObject({ code: 'limit' });
  });
  it.each(['5 a=b', '99 a=b\n', '6 a=b\n', '6 =ab\n', 'x a=b\n', '5 ab\n', '-6 a=b\n'])(
    'refuses the record %j',
    async (text) => {
      const good = text === '6 a=b\n';
      const bytes = Buffer.concat([entry({ type: 'x' }, text), entry({}), END]);
      if (good) expect(await read(bytes)).toHaveLength(1);
      else await expect(read(bytes)).rejects.toMatchObject({ code: 'invalid' });
    },
  );
  it.each<Record<string, string>>([
    { uid: 'x' },
    { size: '-1' },
    { mtime: '1e5' },
    { path: 'a\0b' },
    { size: '9'.repeat(20) },
  ])('refuses %j', async (records) => {
    await failure(pax(records), entry({})).toMatchObject({ code: 'invalid' });
  });
  it('refuses a header without its entry', async () => {
    await failure(pax({ uid: '1' }), END).toMatchObject({ code: 'invalid' });
    await failure(pax({ uid: '1' })).toMatchObject({ code: 'invalid' });
  });
});

describe('sparse files', () => {
  const header = { 'GNU.sparse.major': '0', 'GNU.sparse.minor': '1', 'GNU.sparse.name': 's' };
  it.each([
    ['beyond the size', '0,10', '5'],
    ['out of order', '8,2,0,8', '10'],
    ['negative', '-1,10', '10'],
    ['with more bytes than are stored', '0,10,12,5', '20'],
    ['with fewer bytes than are stored', '0,1', '20'],
    ['of an odd number', '0,10,12', '20'],
    ['of words', 'a,b', '20'],
  ])('refuses a map %s', async (_, map, size) => {
    const records = pax({ ...header, 'GNU.sparse.size': size, 'GNU.sparse.map': map });
    await failure(records, entry({}, '0123456789'), END).toMatchObject({ code: 'invalid' });
  });
  it('refuses holes beyond the bound', async () => {
    const records = pax({ ...header, 'GNU.sparse.size': String(2 ** 45), 'GNU.sparse.map': '0,1' });
    await failure(records, entry({}, 'x'), END).toMatchObject({ code: 'limit' });
  });
  it('expands a map of pairs (0.0)', async () => {
    const records = Buffer.concat([
      ...['0', '2', '6', '1'].map((n, i) => record(i % 2 === 0 ? 'GNU.sparse.offset' : 'GNU.sparse.numbytes', n)),
      record('GNU.sparse.size', '9'),
    ]);
    const seen = await one(entry({ type: 'x' }, records), entry({}, 'abc'));
    expect(seen).toMatchObject({ size: 9, content: Buffer.from('ab\0\0\0\0c\0\0'), offset: undefined });
  });
  it('refuses a map of format 1.0 that never ends', async () => {
    const records = pax({ 'GNU.sparse.major': '1', 'GNU.sparse.minor': '0', 'GNU.sparse.realsize': '5' });
    await failure(records, entry({}, '9999\n'.padEnd(512, '1\n')), END).toMatchObject({ code: 'invalid' });
    await failure(records, entry({}, '99999999\n'.padEnd(512, '\0')), END).toMatchObject({ code: 'limit' });
  });
});

describe('the end', () => {
  const file = entry({ name: 'a' }, 'x'.repeat(700));
  it('may lack its mark, half of it, or the last padding', async () => {
    for (const tail of [file, file.subarray(0, 512 + 700), Buffer.concat([file, END.subarray(512)])]) {
      expect(await read(tail)).toHaveLength(1);
    }
    expect(await read(Buffer.alloc(0))).toEqual([]);
  });
  it.each([100, 512, 600, 512 + 699])('is an error after %i bytes', async (length) => {
    await failure(file.subarray(0, length)).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/cut off/),
    });
    await expect(scan(file.subarray(0, length))).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is an error where unread content is cut off', async () => {
    const names: string[] = [];
    const reading = (async () => {
      for await (const { path } of readTar(chunked(file.subarray(0, 600)))) names.push(path);
    })();
    await expect(reading).rejects.toMatchObject({ code: 'invalid' });
  });
  it('is two blocks of zeros; what follows is read and not looked at', async () => {
    let last = '';
    async function* bytes() {
      yield Buffer.concat([file, END]);
      yield Buffer.from('garbage');
      last = 'read';
    }
    const paths: string[] = [];
    for await (const { path } of readTar(bytes())) paths.push(path);
    expect([paths, last]).toEqual([['a'], 'read']);
  });
  it('is not one block of zeros', async () => {
    await failure(END.subarray(512), file, END).toMatchObject({ code: 'invalid' });
  });
  it('is an error in garbage', async () => {
    await failure(Buffer.from('hello '.repeat(200))).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/not a tar archive/),
    });
    await failure(file, Buffer.alloc(512, 7)).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/byte 1536/),
    });
  });
});

describe('reading', () => {
  it('skips content that is left, in part or whole', async () => {
    const bytes = Buffer.concat([
      entry({ name: 'a' }, 'x'.repeat(2000)),
      entry({ name: 'b' }, 'y'.repeat(2000)),
      entry({ name: 'c' }, 'z'),
      END,
    ]);
    const seen: string[] = [];
    for await (const { path, content } of readTar(chunked(bytes, 100))) {
      seen.push(path);
      if (path === 'b') for await (const _ of content) break;
      if (path === 'c') for await (const chunk of content) seen.push(Buffer.from(chunk).toString());
    }
    expect(seen).toEqual(['a', 'b', 'c', 'z']);
  });
  it('closes the bytes when it is left early, and passes on their errors', async () => {
    let closed = false;
    async function* bytes() {
      try {
        yield entry({});
        throw new Error('cut');
      } finally {
        closed = true;
      }
    }
    for await (const _ of readTar(bytes())) break;
    expect(closed).toBe(true);
    await expect(scanTar(bytes(), { entry: () => undefined })).rejects.toThrow('cut');
  });
  it('stops at a bound on entries', async () => {
    const bytes = Buffer.concat([entry({}), entry({}), END]);
    expect(await read(bytes, { maxEntries: 2 })).toHaveLength(2);
    await expect(read(bytes, { maxEntries: 1 })).rejects.toMatchObject({ code: 'limit' });
  });
  it('says where content lies', async () => {
    const bytes = Buffer.concat([entry({}, 'abc'), pax({ uid: '1' }), entry({}, 'def'), END]);
    for (const { offset, content } of await read(bytes)) {
      expect(bytes.subarray(offset, (offset ?? 0) + 3)).toEqual(content);
    }
  });
  it('never fails but by its own errors, whatever the bytes', async () => {
    const base = Buffer.concat([
      pax({ path: 'p', 'GNU.sparse.map': '0,3' }),
      entry({}, 'abc'),
      entry(
        { type: 'S', magic: 'ustar  \0', at: { 386: '00000000000\x0000000000003\0', 483: '00000000007\0' } },
        'abc',
      ),
      END,
    ]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.boolean(),
        async (edits, repair) => {
          const bytes = Buffer.from(base);
          for (const [at, value] of edits) bytes[at] = value;
          if (repair) {
            for (let at = 0; at + 512 <= bytes.length; at += 512) {
              const block = bytes.subarray(at, at + 512);
              if (!block.includes('ustar')) continue;
              block.fill(' ', 148, 156);
              block.write(
                `${block
                  .reduce((a, b) => a + b, 0)
                  .toString(8)
                  .padStart(6, '0')}\0 `,
                148,
                'latin1',
              );
            }
          }
          await read(bytes).catch((error: unknown) => expect(error).toMatchObject({ name: 'OciError' }));
        },
      ),
      { numRuns: 500 },
    );
  });
});
