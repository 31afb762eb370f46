import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import tar from 'tar-stream';
import { afterAll, describe, expect, it } from 'vitest';
import { sha256Digest } from '../content/digest.js';
import { chunked } from '../testing/chunked.js';
import type { TarHeader } from './entry.js';
import { readTar, scanTar } from './tar-reader.js';

type Seen = Pick<TarHeader, 'path' | 'type' | 'linkPath' | 'mode' | 'uid' | 'gid' | 'mtime' | 'size'> & {
  digest: string;
};

const seenOf = (header: TarHeader, chunks: Uint8Array[]): Seen => {
  const { path, type, linkPath, mode, uid, gid, mtime, size } = header;
  return { path, type, linkPath, mode, uid, gid, mtime, size, digest: sha256Digest(Buffer.concat(chunks)) };
};

/** Reads the archive both ways and expects them to agree. */
async function read(bytes: Buffer, chunkSize = 65536): Promise<Seen[]> {
  const read: Seen[] = [];
  for await (const { content, ...header } of readTar(chunked(bytes, chunkSize))) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    read.push(seenOf(header, chunks));
  }
  const scanned: Seen[] = [];
  const handler = {
    entry(header: TarHeader) {
      const chunks: Uint8Array[] = [];
      return {
        data: (chunk: Uint8Array) => void chunks.push(chunk),
        end: () => void scanned.push(seenOf(header, chunks)),
      };
    },
  };
  await scanTar(chunked(bytes, chunkSize), handler);
  expect(scanned).toEqual(read);
  return read;
}

/** The oracles add or drop the slash of directories. */
const withoutSlash = (seen: Seen[]): Seen[] => seen.map((one) => ({ ...one, path: one.path.replace(/\/+$/, '') }));

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
  .filter((text) => Buffer.from(text).toString() === text && !text.includes('\0') && !text.endsWith('/'));
/** tar-stream writes no larger ones. */
const id = fc.integer({ min: 0, max: 0o777777 });
const content = fc.uint8Array({ maxLength: 1500 });
const mode = fc.integer({ min: 1, max: 0o7777 });

describe('against tar-stream', () => {
  const entry = fc.record({
    name,
    type: fc.constantFrom('file', 'directory', 'symlink', 'link', 'fifo', 'character-device'),
    linkname: name,
    mode,
    uid: id,
    gid: id,
    mtime: fc.nat(2 ** 31 - 1),
    content,
  });
  const names: Record<string, string> = { link: 'hardlink', 'character-device': 'char-device' };

  it('reads what it writes, in chunks of any size', async () => {
    const property = async (wanted: (typeof entry extends fc.Arbitrary<infer T> ? T : never)[], chunkSize: number) => {
      const pack = tar.pack();
      for (const { content, mtime, type, linkname, ...fields } of wanted) {
        const header = { ...fields, mtime: new Date(mtime * 1000) };
        if (type === 'file') pack.entry(header, Buffer.from(content));
        else pack.entry({ ...header, type: type as 'fifo', ...(type.endsWith('link') ? { linkname } : {}) });
      }
      pack.finalize();
      const chunks: Uint8Array[] = [];
      for await (const chunk of pack as AsyncIterable<Uint8Array>) chunks.push(chunk);
      const expected = wanted.map((e) => ({
        path: e.name,
        type: names[e.type] ?? e.type,
        linkPath: e.type.endsWith('link') ? e.linkname : '',
        mode: e.mode,
        uid: e.uid,
        gid: e.gid,
        mtime: e.mtime,
        size: e.type === 'file' ? e.content.length : 0,
        digest: sha256Digest(e.type === 'file' ? e.content : new Uint8Array()),
      }));
      expect(withoutSlash(await read(Buffer.concat(chunks), chunkSize))).toEqual(expected);
    };
    const runs = fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 1, max: 3000 }), property);
    await fc.assert(runs, { numRuns: 150 });
  });
});

const hasPython = works('python3', ['-c', 'import tarfile']);
const hasGnuTar = works('tar', ['--version'], /GNU tar/);
const isRequired = process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1';
const canRun = hasPython && hasGnuTar;
if (!canRun && !isRequired) {
  const missing = [...(hasPython ? [] : ['python3']), ...(hasGnuTar ? [] : ['GNU tar'])].join(' and ');
  console.warn(`LEFT OUT: "against Python's tarfile": install ${missing} to run it`);
}

function works(command: string, args: string[], output = /(?:)/): boolean {
  try {
    return output.test(execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  } catch {
    return false;
  }
}

/** Prints each entry of the archive as JSON, in the words of `Seen`. */
const LIST = `
import tarfile, json, hashlib, sys
T = {b'1':'hardlink', b'2':'symlink', b'3':'char-device', b'4':'block-device', b'5':'directory', b'6':'fifo'}
def name(s):
    return ''.join('\\0%02x' % (ord(c) - 0xdc00) if 0xdc80 <= ord(c) <= 0xdcff else c for c in s)
out = []
for path in sys.argv[1:]:
    one = []
    with tarfile.open(path) as t:
        for m in t:
            kind = T.get(m.type, 'file')
            h = hashlib.sha256(t.extractfile(m).read() if kind == 'file' else b'').hexdigest()
            one.append(dict(path=name(m.name).rstrip('/'), type=kind, linkPath=name(m.linkname) if kind in ('hardlink','symlink') else '',
                mode=m.mode & 0o7777, uid=m.uid, gid=m.gid, mtime=m.mtime, size=m.size if kind == 'file' else 0, digest='sha256:'+h))
    out.append(one)
print(json.dumps(out))
`;

/** Reads a list of entries on standard input and writes it in each format. */
const WRITE = `
import tarfile, json, io, sys
spec = json.load(sys.stdin)
for i, one in enumerate(spec):
    fmt = dict(ustar=tarfile.USTAR_FORMAT, gnu=tarfile.GNU_FORMAT, pax=tarfile.PAX_FORMAT)[one['format']]
    with tarfile.open('%s/%d.tar' % (sys.argv[1], i), 'w', format=fmt, pax_headers=dict(comment='x', gname='g') if one['format'] == 'pax' else None) as t:
        for e in one['entries']:
            m = tarfile.TarInfo(e['name'])
            m.type = e['type'].encode(); m.linkname = e['linkname']; m.mode = e['mode']; m.uid = e['uid']; m.gid = e['gid']; m.mtime = e['mtime']
            data = bytes(e['content']) if e['type'] == '0' else b''
            m.size = len(data)
            try: t.addfile(m, io.BytesIO(data))
            except ValueError: pass
        t.addfile(tarfile.TarInfo('last'))
`;

describe.runIf(canRun || isRequired)("against Python's tarfile", () => {
  const folder = mkdtempSync(join(tmpdir(), 'tar-oracle-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function expectSame(files: string[]): Promise<void> {
    const listed = execFileSync('python3', ['-c', LIST, ...files], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const theirs = JSON.parse(listed) as Seen[][];
    for (const [i, file] of files.entries()) {
      expect(withoutSlash(await read(readFileSync(file)))).toEqual(theirs[i]);
    }
  }

  it('agrees on archives of all formats', async () => {
    const archive = fc.record({
      format: fc.constantFrom('ustar', 'gnu', 'pax'),
      entries: fc.array(
        fc.record({
          name,
          type: fc.constantFrom('0', '1', '2', '5', '6'),
          linkname: name,
          mode,
          uid: fc.oneof(id, fc.integer({ min: 0, max: 2 ** 40 })),
          gid: fc.oneof(id, fc.integer({ min: 0, max: 2 ** 40 })),
          mtime: fc.oneof(
            fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
            fc.nat(2 ** 31).map((n) => n / 8),
          ),
          content: content.map((bytes) => [...bytes]),
        }),
        { maxLength: 8 },
      ),
    });
    const spec = fc.sample(archive, 120);
    execFileSync('python3', ['-c', WRITE, folder], { input: JSON.stringify(spec) });
    await expectSame(spec.map((_, i) => join(folder, `${i}.tar`)));
  });

  it('agrees on sparse files, extended attributes and odd names of GNU tar', async () => {
    const make = `
      mkdir -p d/deep && cd d
      python3 - <<'EOF'
import os
def sparse(name, size, parts):
    with open(name, 'wb') as f:
        f.truncate(size)
        for at in parts:
            f.seek(at); f.write(b'data' * 1024)
sparse('few', 1 << 20, [0, 1 << 19])
sparse('many', 8 << 20, range(1 << 16, 8 << 20, 1 << 17))
sparse('hole', 1 << 20, [])
sparse('end', 1 << 20, [(1 << 20) - 4096])
open(b'latin-\\xe9', 'wb').write(b'x')
open('deep/' + 'long' * 50, 'wb').write(b'x' * 10000)
os.symlink('long' * 60, 'link'); os.link('few', 'hard'); os.mkfifo('fifo')
EOF
      touch -d '2001-02-03 04:05:06.123456789 UTC' few
      cd ..
      for format in gnu oldgnu; do tar -cSf $format.tar --format=$format d; done
      for version in 0.0 0.1 1.0; do tar -cSf posix-$version.tar --format=posix --sparse-version=$version d; done
      tar -cf v7.tar --format=v7 d/few d/hard
      tar -cf ustar.tar --format=ustar d/few d/hole d/hard d/fifo
      tar -cf global.tar --format=posix --pax-option=mtime=7 --pax-option=comment=x d/end
    `;
    execFileSync('sh', ['-ec', make], { cwd: folder });
    const names = ['gnu', 'oldgnu', 'posix-0.0', 'posix-0.1', 'posix-1.0', 'v7', 'ustar', 'global'];
    await expectSame(names.map((name) => join(folder, `${name}.tar`)));
  });
});
