import { describe, expect, it } from 'vitest';
import { END, entry, failure, one, pax, record } from '../testing/tar-blocks-fixture.js';

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
