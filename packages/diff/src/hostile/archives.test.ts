import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openImages, sha256Digest } from '@image-versions/oci';
import {
  type BuiltLayer,
  buildImage,
  dockerArchiveEntries,
  ociArchiveEntries,
  type TarLiteral,
  writeTar,
} from '@image-versions/oci/testing';
import { describe, expect, it } from 'vitest';
import { compareImages, createPolicy } from '../compare-images.js';
import { compareFiles } from './compare-files.testing.js';
import { temporaryFolder } from './temporary-folder.testing.js';

const folder = temporaryFolder();
let files = 0;

function stored(bytes: Uint8Array): string {
  const path = join(folder, `${files++}.tar`);
  writeFileSync(path, bytes);
  return path;
}

const imageOf = (content: string) => buildImage({ layers: [[{ path: 'app/main', content }]] });
const entriesOf = (content: string) => dockerArchiveEntries([{ image: imageOf(content), tags: ['app:1'] }]);
const good = stored(writeTar(entriesOf('1')));

async function compareArchives(before: string, after: string) {
  const was = await openImages(before);
  try {
    const is = await openImages(after);
    try {
      return await compareImages(was, is, createPolicy());
    } finally {
      await is.close();
    }
  } finally {
    await was.close();
  }
}

/** The archive's entries, one of them replaced. */
function replaced(name: RegExp, change: Partial<TarLiteral>, content = '2'): string {
  return stored(writeTar(entriesOf(content).map((entry) => (name.test(entry.path) ? { ...entry, ...change } : entry))));
}

describe('an archive', () => {
  it('that is whole is compared', async () => {
    expect(await compareArchives(good, stored(writeTar(entriesOf('2'))))).toMatchObject({ verdict: 'changed' });
  });

  it('cut off anywhere is an error, or has all that counts and is compared', async () => {
    const whole = Buffer.from(writeTar(entriesOf('2')));
    const manifestsEnd = whole.indexOf('"Layers"');
    for (let length = 0; length < whole.length; length += 700) {
      const said = await compareArchives(good, stored(whole.subarray(0, length))).catch((error: unknown) => error);
      const expected = length > manifestsEnd ? [] : [{ code: expect.stringMatching(/invalid|mismatch/) }];
      if (said instanceof Error) expect(said).toMatchObject({ code: expect.stringMatching(/invalid|mismatch/) });
      else expect([said, expected]).toMatchObject([{ verdict: 'changed' }, []]);
    }
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('<html>404</html>'.repeat(100))],
    ['random bytes', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919 + 13) % 251))],
    ['gzip of random bytes', gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251)))],
    ['gzip that is cut off', gzipSync(Buffer.from(writeTar(entriesOf('2')))).subarray(0, 200)],
    ['a gzip header alone', Buffer.from('1f8b0800000000000003', 'hex')],
    ['zeros', Buffer.alloc(10_240)],
  ])('of %s is an error', async (_, bytes) => {
    await expect(compareArchives(good, stored(bytes))).rejects.toMatchObject({ code: 'invalid' });
  });

  it.each([
    ['negative', { size: Buffer.from('ffffffffffffffffffffff00', 'hex') }],
    ['absurd', { size: Buffer.from('80ffffffffffffffffffffff', 'hex') }],
    ['larger than the archive', { size: '77777777777\0' }],
    ['no number', { size: 'abcdefghijk\0' }],
  ])('with a size that is %s is an error', async (_, raw) => {
    for (const name of [/manifest\.json/, /layer\.tar/]) {
      await expect(compareArchives(good, replaced(name, { raw }))).rejects.toMatchObject({ code: 'invalid' });
    }
    await expect(compareFiles([], [{ path: 'a', content: 'x', raw }])).rejects.toMatchObject({ code: 'invalid' });
  });

  it('with a wrong checksum, or a PAX size that is negative, is an error', async () => {
    const pax = { pax: { size: '-1' } };
    await expect(compareArchives(good, replaced(/layer\.tar/, pax))).rejects.toMatchObject({ code: 'invalid' });
    await expect(compareFiles([], [{ path: 'a', content: 'x', ...pax }])).rejects.toMatchObject({ code: 'invalid' });
    const wrong = { raw: { checksum: '0000000\0' } };
    await expect(compareArchives(good, replaced(/manifest\.json/, wrong))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('whose layer has another digest than the config says is an error, also where the tar in it is whole', async () => {
    const content = writeTar([{ path: 'app/main', content: '1' }]);
    await expect(compareArchives(good, replaced(/layer\.tar/, { content }, '2'))).rejects.toMatchObject({
      code: 'mismatch',
    });
  });

  it('whose config has another digest than its name says is an error', async () => {
    const content = Buffer.from(imageOf('1').config.bytes);
    await expect(compareArchives(good, replaced(/^[0-9a-f]{64}\.json$/, { content }, '2'))).rejects.toMatchObject({
      code: 'mismatch',
    });
  });

  it.each(['../../../etc/passwd', '/etc/passwd', 'no/such/file', 'l1'])(
    'whose manifest names %s is an error',
    async (path) => {
      const entries: TarLiteral[] = [
        ...entriesOf('2').filter((entry) => entry.path !== 'manifest.json'),
        { path: 'l1', type: 'symlink', linkPath: 'l2' },
        { path: 'l2', type: 'symlink', linkPath: 'l1' },
      ];
      const config = entries.find((entry) => /^[0-9a-f]{64}\.json$/.test(entry.path))?.path;
      const manifest = (fields: object) => ({
        path: 'manifest.json',
        content: JSON.stringify([{ Config: config, RepoTags: null, Layers: [path], ...fields }]),
      });
      for (const fields of [{}, { Config: path }]) {
        const archive = stored(writeTar([...entries, manifest(fields)]));
        await expect(compareArchives(good, archive)).rejects.toMatchObject({ code: 'invalid' });
      }
    },
  );

  it('with links that lead out of it, and no layer behind them, is an error', async () => {
    const link = { type: 'symlink', linkPath: '../../../../etc/passwd', content: '' } as const;
    await expect(compareArchives(good, replaced(/layer\.tar/, link))).rejects.toMatchObject({ code: 'invalid' });
  });

  it('that has a layer twice is read by the last one', async () => {
    const entries = entriesOf('2');
    const layer = entries.find(({ path }) => path.endsWith('layer.tar')) as TarLiteral;
    const garbage = { ...layer, content: 'garbage' };
    expect(await compareArchives(good, stored(writeTar([garbage, ...entries])))).toMatchObject({ verdict: 'changed' });
    await expect(compareArchives(good, stored(writeTar([...entries, garbage])))).rejects.toMatchObject({
      code: expect.stringMatching(/invalid|mismatch/),
    });
  });

  it('of the OCI form with a blob that was changed is an error', async () => {
    const image = imageOf('2');
    for (const blob of [image.layers[0] as BuiltLayer, image.config, image.manifest]) {
      const path = `blobs/sha256/${blob.descriptor.digest.slice(7)}`;
      const bytes = Buffer.from(blob.bytes);
      bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
      const entries = ociArchiveEntries([{ image, tags: ['app:1'] }]);
      for (const content of [bytes, Buffer.concat([blob.bytes, Buffer.from(' ')]), Buffer.alloc(0)]) {
        const archive = stored(writeTar(entries.map((entry) => (entry.path === path ? { ...entry, content } : entry))));
        await expect(compareArchives(good, archive)).rejects.toMatchObject({
          code: expect.stringMatching(/mismatch|invalid/),
        });
      }
    }
  });
});

describe('a layer', () => {
  const compareLayers = (tar: Uint8Array) => {
    const digest = sha256Digest(tar);
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digest] },
    });
    const manifest = JSON.stringify([{ Config: 'c.json', RepoTags: ['app:2'], Layers: ['l.tar'] }]);
    return compareArchives(
      good,
      stored(
        writeTar([
          { path: 'c.json', content: config },
          { path: 'l.tar', content: tar },
          { path: 'manifest.json', content: manifest },
        ]),
      ),
    );
  };

  it('cut off anywhere is an error although its digest is right', async () => {
    const tar = Buffer.from(
      writeTar(
        [
          { path: 'a', content: 'x'.repeat(600) },
          { path: 'b', content: 'y' },
        ],
        { end: false },
      ),
    );
    for (const length of [1, 511, 513, 700, 1100, 1600, 2000, 2048]) {
      await expect(compareLayers(tar.subarray(0, length))).rejects.toMatchObject({ code: 'invalid' });
    }
  });

  it('of garbage is an error although its digest is right', async () => {
    for (const bytes of [Buffer.from('garbage'.repeat(300)), Buffer.alloc(1024, 0xff)]) {
      await expect(compareLayers(bytes)).rejects.toMatchObject({ code: 'invalid' });
    }
  });
});
