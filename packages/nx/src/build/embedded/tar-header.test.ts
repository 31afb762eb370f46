import { readTar, type TarHeader } from '@image-versions/oci';
import { describe, expect, it } from 'vitest';
import type { FileEntry } from './files.js';
import { tarHeader } from './tar-header.js';

const file: FileEntry = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0 };

async function readBack(path: string, entry: FileEntry, mtime = 1): Promise<TarHeader | undefined> {
  const bytes = Buffer.concat([tarHeader(path, entry, mtime), Buffer.alloc(1024)]);
  const tar = async function* () {
    yield bytes;
  };
  for await (const read of readTar(tar())) return read;
  return undefined;
}

describe('the header of a tar entry', () => {
  it.each<[string, string, FileEntry, number]>([
    ['a long name', `${'a/'.repeat(100)}b`, file, 1],
    ['a name of 100 bytes', 'a'.repeat(100), file, 1],
    ['a name that is not ASCII', 'café/😀', file, 1],
    ['a long link', 'l', { ...file, type: 'symlink', linkTarget: '/x'.repeat(80) }, 1],
    ['a large owner', 'o', { ...file, uid: 4_000_000_000, gid: 2_097_152 }, 1],
    ['a fractional time', 't', file, 1.25],
    ['a time before 1970', 't', file, -5],
    ['a time far away', 't', file, 2 ** 34],
    ['a device', 'd', { ...file, type: 'char-device', device: { major: 1, minor: 3 } }, 1],
    ['a set user ID', 's', { ...file, mode: 0o4755 }, 1],
  ])('holds %s', async (_, path, entry, mtime) => {
    expect(await readBack(path, entry, mtime)).toMatchObject({
      path,
      type: entry.type,
      mode: entry.mode,
      uid: entry.uid,
      gid: entry.gid,
      mtime,
      linkPath: entry.linkTarget ?? '',
      devMajor: entry.device?.major ?? 0,
      devMinor: entry.device?.minor ?? 0,
    });
  });

  it('holds attributes that are no text', async () => {
    const hex = '0100000200a400ff0a3d00';
    const read = await readBack('c', { ...file, xattrs: { 'security.capability': hex, 'user.a': '00' } });
    expect(Buffer.from(read?.xattrs.get('security.capability') ?? []).toString('hex')).toBe(hex);
    expect(read?.xattrs.size).toBe(2);
  });
});
