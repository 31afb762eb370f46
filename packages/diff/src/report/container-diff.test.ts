import type { Digest } from '@image-versions/oci';
import { describe, expect, it } from 'vitest';
import { DiffError } from '../errors.js';
import type { LayerEntry, LayerIndex, PackageFact } from '../layer/entry.js';
import { digestOfText, directory, file, hardlink, layerAt, symlink } from '../testing/literal-tree.js';
import { mergeLayers } from '../tree/merge.js';
import { analyzeImage, diffImages, isDifferent } from './container-diff.js';
import { type AnalyzedImage, CONTAINER_DIFF_TYPES, type ContainerDiffType } from './container-diff-shapes.js';

type LayerLiteral = readonly LayerEntry[] | Partial<LayerIndex>;

/** An image of these layers; what is not given is empty. */
function image(source: string, layers: readonly LayerLiteral[], extra: Partial<AnalyzedImage> = {}): AnalyzedImage {
  const indexes = layers.map((literal, at): LayerIndex => {
    const index = Array.isArray(literal) ? { entries: literal } : (literal as Partial<LayerIndex>);
    const entries = [...(index.entries ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
    return { diffId: `sha256:${at}`, sizeBytes: 0, whiteouts: [], opaque: [], ...index, entries };
  });
  return {
    source,
    digest: 'sha256:image',
    layerDigests: indexes.map((_, at) => `sha256:layer${at}` as Digest),
    config: {},
    history: [],
    layers: indexes,
    tree: mergeLayers(indexes.map((index, at) => ({ index, layer: layerAt(at) }))),
    ...extra,
  };
}

const analyze = (of: AnalyzedImage, type: ContainerDiffType, order: 'name' | 'size' = 'name') =>
  analyzeImage(of, [type], order)[0]?.Analysis;
const diff = (a: AnalyzedImage, b: AnalyzedImage, type: ContainerDiffType, order: 'name' | 'size' = 'name') =>
  diffImages(a, b, [type], order)[0]?.Diff;
const packages = (path: string, ...facts: PackageFact[]) => file(path, 'x', { packages: facts });
const dpkg = (name: string, version: string, sizeBytes = 1024): PackageFact => ({
  type: 'dpkg',
  name,
  version,
  sizeBytes,
});
const status = (...facts: PackageFact[]) => packages('var/lib/dpkg/status', ...facts);

describe('a result', () => {
  it('has the fields and the names of container-diff, sorted by name, each type once', () => {
    const results = analyzeImage(image('app:1', []), ['size', 'rpm', 'apt', 'layer', 'size'], 'name');
    expect(results.map(({ Image, AnalyzeType }) => [Image, AnalyzeType])).toEqual([
      ['app:1', 'Apt'],
      ['app:1', 'FileLayer'],
      ['app:1', 'RPM'],
      ['app:1', 'Size'],
    ]);
    expect(Object.keys(results[0] ?? {})).toEqual(['Image', 'AnalyzeType', 'Analysis']);
    const [difference] = diffImages(image('a', []), image('b', []), ['history'], 'name');
    expect(difference).toEqual({ Image1: 'a', Image2: 'b', DiffType: 'History', Diff: { Adds: [], Dels: [] } });
  });

  it.each([
    ['history', []],
    ['file', null],
    ['layer', null],
    ['size', [{ Name: 'empty', Digest: 'sha256:image', Size: 0 }]],
    ['sizelayer', null],
    ['apt', []],
    ['aptlayer', null],
    ['rpm', []],
    ['rpmlayer', null],
    ['pip', []],
    ['node', []],
    ['emerge', []],
  ] as const)('of %s for an empty image is what container-diff prints', (type, expected) => {
    expect(analyze(image('empty', []), type)).toEqual(expected);
  });

  it.each([
    ['history', { Adds: [], Dels: [] }],
    ['metadata', { Adds: [], Dels: [] }],
    ['file', { Adds: null, Dels: null, Mods: null }],
    ['layer', { DirDiffs: null }],
    ['size', []],
    ['sizelayer', null],
    ['apt', { Packages1: [], Packages2: [], InfoDiff: [] }],
    ['rpm', { Packages1: [], Packages2: [], InfoDiff: [] }],
    ['emerge', { Packages1: [], Packages2: [], InfoDiff: [] }],
    ['pip', { Packages1: [], Packages2: [], InfoDiff: [] }],
    ['node', { Packages1: [], Packages2: [], InfoDiff: [] }],
  ] as const)('of %s for equal images is what container-diff prints', (type, expected) => {
    expect(diff(image('a', []), image('b', []), type)).toEqual(expected);
  });

  it('says "different" for each type that has a row, and for none without', () => {
    const facts: PackageFact[] = [dpkg('a', '1'), { type: 'npm', name: 'n', version: '1' }];
    const full = image('b', [[file('x', 'x', { packages: facts })]], {
      history: ['RUN x'],
      config: { config: { User: 'u' } },
    });
    const types = CONTAINER_DIFF_TYPES.filter((type) => !/layer/.test(type));
    const differing = (before: AnalyzedImage) =>
      diffImages(before, full, types, 'name')
        .filter(isDifferent)
        .map(({ DiffType }) => DiffType);
    expect(differing(full)).toEqual([]);
    expect(differing(image('a', []))).toEqual(['Apt', 'File', 'History', 'Metadata', 'Node', 'Size']);
    const byLayer = (before: AnalyzedImage) =>
      diffImages(before, full, ['layer', 'sizelayer'], 'name').map(isDifferent);
    expect(byLayer(full)).toEqual([false, false]);
    expect(byLayer(image('a', [[file('y', 'yy')]]))).toEqual([true, true]);
  });
});

describe('history and metadata', () => {
  it('print the config as container-diff does, a key a line', () => {
    const config = {
      config: {
        User: 'app',
        ExposedPorts: { '9090/tcp': {}, '8080/tcp': {} },
        Env: ['A=1', 'B=2'],
        Cmd: ['sh', '-c', 'x'],
        Volumes: { '/data': {} },
        WorkingDir: '/app',
        Labels: { b: '2', a: '1' },
        Tty: true,
      },
    };
    expect(analyze(image('a', [], { config }), 'metadata')).toEqual([
      'Domainname: ',
      'User: app',
      'AttachStdin: false',
      'AttachStdout: false',
      'AttachStderr: false',
      'ExposedPorts: 8080/tcp:{} 9090/tcp:{}',
      'Tty: true',
      'OpenStdin: false',
      'StdinOnce: false',
      'Env: A=1,B=2',
      'Cmd: sh,-c,x',
      'ArgsEscaped: false',
      'Volumes: /data:{}',
      'Workdir: /app',
      'Entrypoint: ',
      'NetworkDisabled: false',
      'MacAddress: ',
      'OnBuild: ',
      'Labels: a:1 b:2',
      'StopSignal: ',
      'Shell: ',
    ]);
  });

  it('differ by the lines that one of them has more', () => {
    const before = image('a', [], { history: ['ADD base', ' RUN a ', 'CMD x'] });
    const after = image('b', [], { history: ['ADD base', 'RUN b', 'RUN a', 'CMD x', 'CMD x'] });
    expect(diff(before, after, 'history')).toEqual({ Adds: ['RUN b', 'CMD x'], Dels: [] });
  });
});

describe('files', () => {
  const before = image('a', [
    [
      directory('app'),
      file('app/a', 'aaaa'),
      file('app/gone', 'g'),
      hardlink('app/z', 'app/a'),
      symlink('app/link', 'a'),
    ],
  ]);
  const after = image('b', [
    before.layers[0] ?? {},
    { entries: [file('app/a', 'AAAA'), file('app/new', 'nn'), symlink('app/link', 'new')], whiteouts: ['app/gone'] },
  ]);

  it('have folders with the size of all below them, a file of several names counted once', () => {
    expect(analyze(before, 'file')).toEqual([
      { Name: '/app', Size: 6 },
      { Name: '/app/a', Size: 4 },
      { Name: '/app/gone', Size: 1 },
      { Name: '/app/link', Size: 1 },
      { Name: '/app/z', Size: 4 },
    ]);
    expect(analyze(before, 'size')).toEqual([{ Name: 'a', Digest: 'sha256:image', Size: 6 }]);
  });

  it('count again where one of the names was written anew', () => {
    expect(analyze(after, 'size')).toEqual([{ Name: 'b', Digest: 'sha256:image', Size: 4 + 4 + 2 + 3 }]);
  });

  it('come, go, and change with the same size too', () => {
    expect(diff(before, after, 'file')).toEqual({
      Adds: [{ Name: '/app/new', Size: 2 }],
      Dels: [{ Name: '/app/gone', Size: 1 }],
      Mods: [
        { Name: '/app/a', Size1: 4, Size2: 4 },
        { Name: '/app/link', Size1: 1, Size2: 3 },
      ],
    });
  });

  it.each([
    ['mode', { mode: 0o755 }],
    ['owner', { uid: 7 }],
    ['attributes', { xattrs: { 'security.capability': '00' } }],
  ])('change by their %s alone', (_, extra) => {
    expect(diff(image('a', [[file('a', 'x')]]), image('b', [[file('a', 'x', extra)]]), 'file')).toMatchObject({
      Mods: [{ Name: '/a', Size1: 1, Size2: 1 }],
    });
  });

  it('are ordered by size where that is asked for', () => {
    const sized = image('a', [[file('a', '1'), file('b', '333'), file('c', '22')]]);
    expect(analyze(sized, 'file', 'size')).toMatchObject([{ Name: '/b' }, { Name: '/c' }, { Name: '/a' }]);
  });

  it('of a layer are those in it, with its markers and the folders that are implied', () => {
    const marked = image('a', [{ entries: [file('d/e/f', 'x')], whiteouts: ['d/w'], opaque: ['o'] }]);
    expect(analyze(marked, 'layer')).toEqual([
      [
        { Name: '/d', Size: 1 },
        { Name: '/d/.wh.w', Size: 0 },
        { Name: '/d/e', Size: 1 },
        { Name: '/d/e/f', Size: 1 },
        { Name: '/o', Size: 0 },
        { Name: '/o/.wh..wh..opq', Size: 0 },
      ],
    ]);
  });

  it('of layers are compared by number, and sizes say -1 where a layer is not there', () => {
    expect(diff(before, after, 'layer')).toEqual({ DirDiffs: [{ Adds: null, Dels: null, Mods: null }] });
    expect(diff(before, after, 'sizelayer')).toEqual([{ Name: '1', Size1: -1, Size2: 9 }]);
    expect(analyze(after, 'sizelayer')).toEqual([
      { Name: '0', Digest: 'sha256:layer0', Size: 6 },
      { Name: '1', Digest: 'sha256:layer1', Size: 9 },
    ]);
    expect(diff(before, after, 'size')).toEqual([{ Name: '', Size1: 6, Size2: 13 }]);
  });
});

describe('packages', () => {
  it('of an operating system are rows, and differ by version', () => {
    const before = image('a', [[status(dpkg('bash', '5.1+x'), dpkg('gone', '1', 2048), dpkg('same', '1'))]]);
    const after = image('b', [[status(dpkg('bash', '5.2+x'), dpkg('new', '1'), dpkg('same', '1', 4096))]]);
    expect(analyze(before, 'apt')).toEqual([
      { Name: 'bash', Version: '5.1+x', Size: 1024 },
      { Name: 'gone', Version: '1', Size: 2048 },
      { Name: 'same', Version: '1', Size: 1024 },
    ]);
    expect(diff(before, after, 'apt')).toEqual({
      Packages1: [{ Name: 'gone', Version: '1', Size: 2048 }],
      Packages2: [{ Name: 'new', Version: '1', Size: 1024 }],
      InfoDiff: [{ Package: 'bash', Info1: { Version: '5.1+x', Size: 1024 }, Info2: { Version: '5.2+x', Size: 1024 } }],
    });
  });

  it('of one name and two architectures are told apart', () => {
    const both = (version: string) => [
      { ...dpkg('libc6', '1'), architecture: 'amd64' },
      { ...dpkg('libc6', version), architecture: 'i386' },
    ];
    expect(diff(image('a', [[status(...both('1'))]]), image('b', [[status(...both('2'))]]), 'apt')).toMatchObject({
      InfoDiff: [{ Package: 'libc6:i386' }],
    });
  });

  it('without a known size have -1', () => {
    expect(
      analyze(image('a', [[packages('lib/apk/db/installed', { type: 'apk', name: 'a', version: '1' })]]), 'apk'),
    ).toEqual([{ Name: 'a', Version: '1', Size: -1 }]);
  });

  const npm = (path: string, name: string, version: string) =>
    packages(`${path}/package.json`, { type: 'npm', name, version });

  it('that may be there several times have a path, and differ by place', () => {
    const before = image('a', [
      [
        npm('app/node_modules/x', 'x', '1'),
        npm('app/node_modules/y/node_modules/x', 'x', '1'),
        npm('n/node_modules/g', 'g', '1'),
      ],
    ]);
    const after = image('b', [[npm('app/node_modules/x', 'x', '2'), npm('app/node_modules/@s/n', '@s/n', '3')]]);
    expect(analyze(before, 'node')).toEqual([
      { Name: 'g', Path: '/n/node_modules/g/', Version: '1', Size: 1 },
      { Name: 'x', Path: '/app/node_modules/x/', Version: '1', Size: 1 },
      { Name: 'x', Path: '/app/node_modules/y/node_modules/x/', Version: '1', Size: 1 },
    ]);
    expect(diff(before, after, 'node')).toEqual({
      Packages1: [{ Name: 'g', Path: '/n/node_modules/g/', Version: '1', Size: 1 }],
      Packages2: [{ Name: '@s/n', Path: '/app/node_modules/@s/n/', Version: '3', Size: 1 }],
      InfoDiff: [
        {
          Package: 'x',
          Info1: [
            { Version: '1', Size: 1 },
            { Version: '1', Size: 1 },
          ],
          Info2: [{ Version: '2', Size: 1 }],
        },
      ],
    });
  });

  it('by layer are what each layer did to the database', () => {
    const layered = image('a', [
      [status(dpkg('a', '1'), dpkg('b', '1'))],
      [file('other')],
      [status(dpkg('a', '2'), dpkg('c', '1'))],
      { whiteouts: ['var/lib/dpkg/status'] },
    ]);
    const row = (Name: string, Version: string) => ({ Name, Version, Size: 1024 });
    expect(analyze(layered, 'aptlayer')).toEqual([
      { Packages1: [], Packages2: [row('a', '1'), row('b', '1')], InfoDiff: [] },
      { Packages1: [], Packages2: [], InfoDiff: null },
      {
        Packages1: [row('b', '1')],
        Packages2: [row('c', '1')],
        InfoDiff: [{ Package: 'a', Info1: { Version: '1', Size: 1024 }, Info2: { Version: '2', Size: 1024 } }],
      },
      { Packages1: [row('a', '2'), row('c', '1')], Packages2: [], InfoDiff: [] },
    ]);
  });

  it('by layer can not be compared', () => {
    expect(() => diff(image('a', []), image('b', []), 'aptlayer')).toThrow(/aptlayer/);
  });

  it.each(['rpm', 'rpmlayer'] as const)(
    '%s of a database that could not be read are an error, and not "none"',
    (type) => {
      const broken = image('a', [[file('var/lib/rpm/rpmdb.sqlite', 'garbage', { digest: digestOfText('garbage') })]]);
      expect(() => analyze(broken, type)).toThrow(DiffError);
    },
  );
});
