import { memoryImage, type TarLiteral } from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import { compareImages, createPolicy } from '../compare-images.js';
import { fingerprintImage } from '../fingerprint-image.js';
import { comparisonToMarkdown } from '../report/comparison-markdown.js';
import { comparisonToText } from '../report/comparison-text.js';
import { compareFiles } from './compare-files.testing.js';

const plain: TarLiteral[] = [{ path: 'app/main', content: '1' }];
/** A name as bytes, which `path` can't have. */
const rawName = (name: Uint8Array | string, content = '1'): TarLiteral => ({ path: 'x', content, raw: { name } });
const hasControls = (text: string) => [...text].some((character) => character !== '\n' && /\p{Cc}/u.test(character));

describe('names', () => {
  it.each(['../etc/passwd', 'a/../../etc/passwd', '/../x', './../../x'])(
    'that leave the root are an error: %s',
    async (path) => {
      await expect(compareFiles(plain, [...plain, { path, content: 'x' }])).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('outside of the image'),
      });
    },
  );

  it('that are absolute are those of the image, and never two', async () => {
    const absolute = [{ path: '/app/main', content: '1' }];
    expect(await compareFiles(plain, absolute)).toMatchObject({ verdict: 'same' });
    expect(await compareFiles(plain, [...plain, { path: '/app/main', content: '2' }])).toMatchObject({
      verdict: 'changed',
      changes: [{ subject: '/app/main' }],
    });
  });

  it('that are empty are an error', async () => {
    await expect(compareFiles(plain, [rawName('')])).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('empty name'),
    });
  });

  it('of a megabyte are an error, as those of links are', async () => {
    const long = 'n'.repeat(1024 * 1024 - 100);
    for (const entry of [
      { path: long },
      { path: 'l', type: 'symlink', linkPath: long },
      { path: 'h', type: 'hardlink', linkPath: long },
      { path: 'x', xattrs: { [`user.${long}`]: '1' } },
    ] satisfies TarLiteral[]) {
      const failed = compareFiles(plain, [...plain, entry]);
      await expect(failed).rejects.toMatchObject({ code: 'limit' });
      await failed.catch((error: Error) => expect(error.message.length).toBeLessThan(1000));
    }
  });

  it('with bytes that are no UTF-8 are compared byte by byte', async () => {
    const latin1 = rawName(Buffer.from([0x66, 0xe9]));
    expect(await compareFiles([latin1], [{ ...latin1, mtime: 5 }])).toMatchObject({ verdict: 'same' });
    expect(await compareFiles([latin1], [rawName(Buffer.from([0x66, 0xe8]))])).toMatchObject({ verdict: 'changed' });
    expect(await compareFiles([latin1], [rawName('f\ufffd')])).toMatchObject({ verdict: 'changed' });
  });

  it('are printed without what a terminal or a table acts on', async () => {
    const names = [
      rawName(Buffer.from([0x66, 0xff])),
      rawName('a\u001b[2Jb'),
      rawName('c\nd|`e'),
      rawName('\u202egpj.exe'),
    ];
    const comparison = await compareFiles(plain, [...plain, ...names]);
    expect(comparison.changes).toHaveLength(4);
    for (const report of [comparisonToText(comparison), comparisonToMarkdown(comparison), JSON.stringify(comparison)]) {
      expect(hasControls(report)).toBe(false);
    }
    expect(comparisonToText(comparison)).toContain('f\\u0000ff');
    expect(comparisonToText(comparison)).not.toContain('\u202e');
  });
});

describe('fingerprints', () => {
  const print = (files: readonly TarLiteral[]) => fingerprintImage(memoryImage({ layers: [files] }), createPolicy());

  it('have no separator that a name could hold', async () => {
    const value = '1';
    const trees: TarLiteral[][] = [
      [rawName(Buffer.from([0x61, 0xff]), value)],
      [rawName('aff', value)],
      [rawName('a\\u0000ff', value)],
      [rawName('a', value), rawName('ff', value)],
      [rawName('a" [', value)],
      [rawName('a\n"b"', value)],
      [rawName('a', value), rawName('b', value)],
      [{ path: 'a', type: 'symlink', linkPath: 'b","c' }],
      [{ path: 'a', type: 'symlink', linkPath: 'b' }],
      [{ path: 'a', content: value, xattrs: { 'user.a': 'b' } }],
      [{ path: 'a', content: value, xattrs: { 'user.a': '', 'user.b': '' } }],
      [{ path: 'a', content: value, xattrs: { __proto__x: '1' } }],
      [{ path: 'a', content: value, xattrs: { ['__proto__']: '1' } }],
    ];
    const prints = await Promise.all(trees.map(print));
    expect(new Set(prints).size).toBe(trees.length);
  });

  it('tell values of attributes apart, however long', async () => {
    const long = (last: string) => print([{ path: 'a', xattrs: { 'user.a': `${'x'.repeat(5000)}${last}` } }]);
    expect(await long('1')).not.toBe(await long('2'));
  });
});

describe('entries', () => {
  it('of one path are one, the last, and a comparison in which only an earlier one differs is the same', async () => {
    const twice = (first: string, last: string) => [
      { path: 'a', content: first },
      { path: './a', content: last },
    ];
    expect(await compareFiles(twice('1', '2'), twice('3', '2'))).toMatchObject({ verdict: 'same' });
    expect(await compareFiles(twice('1', '2'), twice('1', '3'))).toMatchObject({ verdict: 'changed' });
  });

  it('that hide what does not exist change nothing, and hide what does', async () => {
    const whiteout = [...plain, { path: 'app/.wh.file', content: '' }, { path: '.wh.nothing', content: '' }];
    const above = [...plain, { path: 'app/.wh.lib', content: '' }];
    expect(await compareFiles(plain, whiteout)).toMatchObject({
      verdict: 'same',
    });
    expect(await compareFiles(plain, above, [{ path: 'app/lib', content: 'x' }])).toMatchObject({
      verdict: 'changed',
      changes: [{ action: 'removed', subject: '/app/lib' }],
    });
  });

  it.each(['.wh.', 'a/.wh..', 'a/.wh...'])('that hide no name are an error: %s', async (path) => {
    await expect(compareFiles(plain, [...plain, { path, content: '' }])).rejects.toMatchObject({ code: 'invalid' });
  });

  it('that make a file of the root are an error', async () => {
    await expect(compareFiles(plain, [{ path: '.', content: 'x', type: 'file' }])).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('as deep as a path may be are compared', async () => {
    const deep = (name: string) => [{ path: `${'a/'.repeat(2000)}${name}`, content: '1' }];
    expect(await compareFiles(deep('x'), [{ ...(deep('x')[0] as TarLiteral), mtime: 1 }])).toMatchObject({
      verdict: 'same',
    });
    expect(await compareFiles(deep('x'), deep('y'))).toMatchObject({ verdict: 'changed' });
  });
});

describe('links', () => {
  it('out of the tree are compared as what they say, and nothing outside is read', async () => {
    const link = (linkPath: string): TarLiteral[] => [...plain, { path: 'l', type: 'symlink', linkPath }];
    expect(await compareFiles(link('../../../etc/passwd'), link('../../../etc/shadow'))).toMatchObject({
      verdict: 'changed',
      changes: [{ subject: '/l' }],
    });
    expect(
      await compareFiles(link('/etc/passwd'), [...link('/etc/passwd'), { path: 'app', type: 'directory', mtime: 1 }]),
    ).toMatchObject({ verdict: 'same' });
  });

  it('that are hard and lead out of the tree are an error', async () => {
    const entry: TarLiteral = { path: 'h', type: 'hardlink', linkPath: '../../etc/passwd' };
    await expect(compareFiles(plain, [...plain, entry])).rejects.toMatchObject({ code: 'invalid' });
  });

  it('in circles and to nothing end, and differ from files', async () => {
    const circle: TarLiteral[] = [
      { path: 'a', type: 'hardlink', linkPath: 'b' },
      { path: 'b', type: 'hardlink', linkPath: 'a' },
      { path: 'self', type: 'hardlink', linkPath: 'self' },
      { path: 's', type: 'symlink', linkPath: 's' },
    ];
    expect(
      await compareFiles(
        circle,
        circle.map((entry) => ({ ...entry, mtime: 1 })),
      ),
    ).toMatchObject({ verdict: 'same' });
    const changed = await compareFiles(circle, [...circle.slice(1), { path: 'a', content: '' }]);
    expect(changed.verdict).toBe('changed');
    expect(
      await compareFiles(circle, [...circle.slice(0, 3), { path: 's', type: 'symlink', linkPath: 'a' }]),
    ).toMatchObject({
      verdict: 'changed',
    });
  });

  it('are not followed to write where they lead', async () => {
    const through = (content: string): TarLiteral[] => [
      { path: 'd', type: 'symlink', linkPath: '/etc' },
      { path: 'd/passwd', content },
    ];
    const [was, is] = [through('1'), through('2')].map((files) => memoryImage({ layers: [files] }));
    if (was && is) expect((await compareImages(was, is, createPolicy())).verdict).toBe('changed');
  });
});
