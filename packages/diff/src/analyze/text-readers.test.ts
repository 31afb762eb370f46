import { describe, expect, it } from 'vitest';
import type { PackageFact } from '../layer/entry.js';
import type { FileHead } from '../layer/inspect.js';
import { packageReaders } from './readers.js';

/** What the readers together make of one file, as the layer index asks them. */
async function factsOf(path: string, content: string | Uint8Array): Promise<PackageFact[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const file: FileHead = { path, size: bytes.byteLength, mode: 0o644, head: bytes.subarray(0, 512) };
  const facts: PackageFact[] = [];
  for (const reader of packageReaders) if (reader.matches(file)) facts.push(...(await reader.read(bytes, file)));
  return facts;
}

describe('dpkg', () => {
  const status = [
    'Package: libc6',
    'Status: install ok installed',
    'Architecture: amd64',
    'Installed-Size: 12988',
    'Version: 2.36-9+deb12u4',
    'Description: GNU C Library',
    ' Version: 9.9 is what this line of the description says',
    '',
    'Package: gone',
    'Status: deinstall ok config-files',
    'Version: 1.0',
    '',
    'Package: held',
    'Status: hold ok installed',
    'Version: 2:1.0+dfsg+really0.9~rc1-1',
    '',
  ].join('\n');

  it('reads installed packages with their version as written, and leaves removed ones out', async () => {
    expect(await factsOf('var/lib/dpkg/status', status)).toEqual([
      { type: 'dpkg', name: 'libc6', version: '2.36-9+deb12u4', sizeBytes: 12_988 * 1024, architecture: 'amd64' },
      { type: 'dpkg', name: 'held', version: '2:1.0+dfsg+really0.9~rc1-1' },
    ]);
  });

  it('reads a package of an image without dpkg, which has no status', async () => {
    expect(await factsOf('var/lib/dpkg/status.d/tzdata', 'Package: tzdata\nVersion: 2024a-0+deb12u1\n')).toEqual([
      { type: 'dpkg', name: 'tzdata', version: '2024a-0+deb12u1' },
    ]);
  });

  it.each([
    ['var/lib/dpkg/info/libc6:amd64.list', '/.\n/lib\n/lib/libc.so.6\n', ['lib', 'lib/libc.so.6'], 'amd64'],
    ['var/lib/dpkg/status.d/libc6.md5sums', '0123  lib/libc.so.6\n', ['lib/libc.so.6'], undefined],
  ])('reads the files of a package from %s', async (path, content, files, architecture) => {
    expect((await factsOf(path, content))[0]).toEqual({
      type: 'dpkg',
      name: 'libc6',
      version: '',
      files,
      ...(architecture && { architecture }),
    });
  });

  it('takes no package from the back-up of the database', async () => {
    expect(await factsOf('var/lib/dpkg/status-old', status)).toEqual([]);
  });
});

describe('apk', () => {
  const installed =
    'C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nI:634880\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nR:libc.musl-x86_64.so.1\n\nP:busybox\nV:1.36.1-r5\nF:\nR:linuxrc\n';

  it.each(['lib/apk/db/installed', 'usr/lib/apk/db/installed'])(
    'reads packages, sizes and files from %s',
    async (path) => {
      expect(await factsOf(path, installed)).toEqual([
        {
          type: 'apk',
          name: 'musl',
          version: '1.2.4-r2',
          architecture: 'x86_64',
          sizeBytes: 634_880,
          files: ['lib/ld-musl-x86_64.so.1', 'lib/libc.musl-x86_64.so.1'],
        },
        { type: 'apk', name: 'busybox', version: '1.36.1-r5', files: ['linuxrc'] },
      ]);
    },
  );
});

describe('pip', () => {
  it.each([
    'usr/local/lib/python3.12/site-packages/requests-2.31.0.dist-info/METADATA',
    'usr/lib/python3/dist-packages/requests-2.31.0.egg-info/PKG-INFO',
    'usr/lib/python3/dist-packages/requests-2.31.0.egg-info',
    'opt/venv/lib/python3.11/site-packages/requests-2.31.0.dist-info/METADATA',
  ])('reads name and version from %s', async (path) => {
    const text =
      'Metadata-Version: 2.1\r\nSummary: x\r\nName: requests\r\nVersion: 2.31.0\r\n\r\nName: not this one\r\n';
    expect(await factsOf(path, text)).toEqual([{ type: 'pip', name: 'requests', version: '2.31.0' }]);
  });

  it('reads the files of a wheel, relative to where the packages are, quoted ones too', async () => {
    const record =
      'a/__init__.py,sha256=x,1\n"a/b,c.py",,\n../../../bin/a,sha256=y,2\n../../../../../../../../etc/passwd,,\n';
    const [fact] = await factsOf('usr/local/lib/python3.12/site-packages/a-1.dist-info/RECORD', record);
    expect(fact?.files).toEqual([
      'usr/local/lib/python3.12/site-packages/a/__init__.py',
      'usr/local/lib/python3.12/site-packages/a/b,c.py',
      'usr/local/bin/a',
    ]);
  });

  it('reads the files of an egg, relative to its own folder', async () => {
    const [fact] = await factsOf('srv/site/b-1.egg-info/installed-files.txt', '../b.py\nPKG-INFO\n');
    expect(fact?.files).toEqual(['srv/site/b.py', 'srv/site/b-1.egg-info/PKG-INFO']);
  });
});

describe('npm', () => {
  it.each([
    'node_modules/a/package.json',
    'app/node_modules/@s/a/package.json',
    'usr/lib/node_modules/x/node_modules/a/package.json',
  ])('reads the package of %s', async (path) => {
    expect(await factsOf(path, '{"name":"a","version":"1.2.3"}')).toEqual([
      { type: 'npm', name: 'a', version: '1.2.3' },
    ]);
  });

  it.each([
    'package.json',
    'node_modules/a/lib/package.json',
    'node_modules/.cache/package.json',
    'node_modules/@s/package.json',
  ])('takes %s for no package', async (path) => {
    expect(await factsOf(path, '{"name":"a","version":"1.2.3"}')).toEqual([]);
  });

  it.each([
    '',
    '{',
    '[]',
    'null',
    '{"name":1,"version":[]}',
    `{"name":"${'x'.repeat(600)}","version":"1"}`,
    '['.repeat(200_000),
  ])('takes broken content for no package (%#)', async (content) => {
    expect(await factsOf('node_modules/a/package.json', content)).toEqual([]);
  });
});

describe('gem', () => {
  const specification =
    '# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.16.2 x86_64-linux lib\n\nGem::Specification.new do |s|\n';

  it('reads the stub line', async () => {
    expect(
      await factsOf('usr/local/bundle/specifications/nokogiri-1.16.2-x86_64-linux.gemspec', specification),
    ).toEqual([{ type: 'gem', name: 'nokogiri', version: '1.16.2', architecture: 'x86_64-linux' }]);
  });

  it('reads the fields where there is no stub line, of a default gem too', async () => {
    const text = 'Gem::Specification.new do |s|\n  s.name = "json".freeze\n  s.version = "2.6.3"\nend\n';
    expect(await factsOf('usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.3.gemspec', text)).toEqual([
      { type: 'gem', name: 'json', version: '2.6.3' },
    ]);
  });

  it('falls back on the name of the file', async () => {
    expect(await factsOf('gems/specifications/a-b-1.0.gemspec', 'x')).toEqual([
      { type: 'gem', name: 'a-b', version: '1.0' },
    ]);
  });
});

describe('portage', () => {
  it.each([
    ['sys-libs/zlib-1.3-r4', 'sys-libs/zlib', '1.3-r4'],
    ['dev-util/gtk-doc-am-1.25', 'dev-util/gtk-doc-am', '1.25'],
    ['dev-python/x-2_pre3', 'dev-python/x', '2_pre3'],
  ])('tells name from version in %s', async (folder, name, version) => {
    expect(await factsOf(`var/db/pkg/${folder}/SIZE`, '412345\n')).toEqual([
      { type: 'portage', name, version, sizeBytes: 412_345 },
    ]);
  });

  it('reads the files, links and folders of a package', async () => {
    const contents = `dir /usr\nobj /usr/lib/a file ${'0'.repeat(32)} 1700000000\nsym /usr/lib/b -> a file 1700000000\n`;
    expect((await factsOf('var/db/pkg/c/p-1/CONTENTS', contents))[0]?.files).toEqual([
      'usr',
      'usr/lib/a file',
      'usr/lib/b',
    ]);
  });
});

it.each(packageReaders.map((reader) => [reader.type, reader] as const))(
  'the %s reader makes nothing of random bytes, and does not throw',
  async (_, reader) => {
    const bytes = Uint8Array.from({ length: 4096 }, (_, at) => (at * 7919 + (at >> 3)) & 0xff);
    const facts = await reader.read(bytes, {
      path: 'x/x',
      size: bytes.byteLength,
      mode: 0o755,
      head: bytes.subarray(0, 512),
    });
    expect(facts.filter((fact) => fact.version !== '')).toEqual([]);
  },
);
