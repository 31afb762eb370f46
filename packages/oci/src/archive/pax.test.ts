import { describe, expect, it } from 'vitest';
import { END, entry, failure, one, pax, read } from '../testing/tar-blocks-fixture.js';

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
  it('reads any number of global headers', async () => {
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
  it('reads a record whose length counts all of it', async () => {
    await one(entry({ type: 'x' }, '6 a=b\n'), entry({}));
  });
  it.each(['5 a=b', '99 a=b\n', '6 =ab\n', 'x a=b\n', '5 ab\n', '-6 a=b\n'])('refuses the record %j', async (text) => {
    await failure(entry({ type: 'x' }, text), entry({}), END).toMatchObject({ code: 'invalid' });
  });
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
