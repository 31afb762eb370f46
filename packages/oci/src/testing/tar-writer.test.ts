import { extract, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { type TarLiteral, writeTar } from './tar-writer.js';

/** tar-stream as the oracle. */
async function readBack(entries: readonly TarLiteral[]): Promise<(Header & { text: string })[]> {
  const parser = extract();
  const found: (Header & { text: string })[] = [];
  parser.end(writeTar(entries));
  for await (const entry of parser) {
    let text = '';
    for await (const chunk of entry) text += String(chunk);
    found.push({ ...entry.header, text });
  }
  return found;
}

describe('writeTar', () => {
  it('is read back by tar-stream', async () => {
    const long = `${'d/'.repeat(80)}ümlaut`;
    const [dir, file, link, hard, odd, device] = await readBack([
      { path: 'bin/' },
      { path: 'bin/app', content: 'x'.repeat(513), mode: 0o4755, uid: 1000, gid: 7, mtime: 5 },
      { path: 'l', type: 'symlink', linkPath: 'bin/app' },
      { path: 'h', type: 'hardlink', linkPath: long },
      { path: long, content: 'end', uid: 3_000_000, xattrs: { 'user.a': 'b' } },
      { path: 'dev/null', type: 'char-device', devMajor: 1, devMinor: 3 },
    ]);
    expect(dir).toMatchObject({ name: 'bin/', type: 'directory', mode: 0o755 });
    expect(file).toMatchObject({ name: 'bin/app', mode: 0o4755, uid: 1000, gid: 7, text: 'x'.repeat(513) });
    expect(file?.mtime?.getTime()).toBe(5000);
    expect(link).toMatchObject({ type: 'symlink', linkname: 'bin/app' });
    expect(hard).toMatchObject({ type: 'link', linkname: long });
    expect(odd).toMatchObject({ name: long, text: 'end', pax: { uid: '3000000', 'SCHILY.xattr.user.a': 'b' } });
    expect(device).toMatchObject({ type: 'character-device', devmajor: 1, devminor: 3 });
  });

  it('writes raw fields as they are', () => {
    const tar = writeTar([{ path: 'x', raw: { size: '77777777777', checksum: 'garbage' } }], { end: false });
    expect(Buffer.from(tar).toString('latin1', 124, 135)).toBe('77777777777');
    expect(Buffer.from(tar).toString('latin1', 148, 155)).toBe('garbage');
    expect(tar).toHaveLength(512);
  });
});
