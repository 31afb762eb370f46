import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildImage, dockerArchiveEntries, type LayerLiteral, writeTar } from '@image-versions/oci/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * The same images through container-diff and image-diff. The program is `CONTAINER_DIFF`, else the one on PATH; real images are pairs
 * `NAME:a`, `NAME:b` of the engine, whose names are in `CONTAINER_DIFF_PAIRS`.
 */
const containerDiff = findContainerDiff();
const imageDiff = fileURLToPath(new URL('../../dist/bin/image-diff.js', import.meta.url));
const pairs = (process.env.CONTAINER_DIFF_PAIRS ?? 'corpus/alpine-rebuild corpus/npm-dep-patch')
  .split(' ')
  .filter((name) => containerDiff !== undefined && isInEngine(`${name}:a`) && isInEngine(`${name}:b`));

if (containerDiff === undefined) {
  console.warn('\n!!! LEFT OUT: the comparison with container-diff needs it on PATH, or its path in CONTAINER_DIFF.\n');
} else if (pairs.length === 0) {
  console.warn('\n!!! LEFT OUT: container-diff on real images: none of CONTAINER_DIFF_PAIRS is in the engine.\n');
}

const ANALYZE = ['history', 'metadata', 'file', 'layer', 'size', 'sizelayer', 'apt', 'aptlayer', 'pip', 'node'];
const DIFF = ANALYZE.filter((type) => type !== 'aptlayer');

type Json = null | string | number | boolean | Json[] | { [key: string]: Json };
type Results = Record<string, Json>;

let home: string;

beforeAll(() => {
  if (!existsSync(imageDiff)) throw new Error(`${imageDiff} is not there: build first (npm run build)`);
  home = mkdtempSync(join(tmpdir(), 'container-diff-'));
});
afterAll(() => rmSync(home, { recursive: true }));

function findContainerDiff(): string | undefined {
  const program = process.env.CONTAINER_DIFF ?? 'container-diff';
  return spawnSync(program, ['version'], { stdio: 'ignore' }).status === 0 ? program : undefined;
}

function isInEngine(name: string): boolean {
  return spawnSync('docker', ['image', 'inspect', name], { stdio: 'ignore' }).status === 0;
}

/** What both print, by the name of the type. */
function both(command: 'analyze' | 'diff', images: readonly string[], types: readonly string[]) {
  const args = [command, ...images, '-j', '-q', '-n', ...types.flatMap((type) => ['--type', type])];
  const options = { cwd: home, env: { ...process.env, HOME: home, TMPDIR: home }, maxBuffer: 1024 ** 3 };
  return {
    theirs: byType(execFileSync(containerDiff ?? '', args, options).toString()),
    ours: byType(execFileSync(process.execPath, [imageDiff, ...args], options).toString()),
  };
}

function byType(text: string): Results {
  const results = JSON.parse(text) as { [key: string]: Json }[];
  return Object.fromEntries(
    results.map(({ AnalyzeType, DiffType, Analysis, Diff, ...images }) => [
      String(AnalyzeType ?? DiffType),
      { ...images, result: (AnalyzeType === undefined ? Diff : Analysis) ?? null },
    ]),
  );
}

/** Takes out of both what docs/image-diff.md says they differ in. */
function comparable(name: string, value: Json | undefined): Json {
  return mapJson(value ?? null, (key, part) => {
    if (key === 'Digest') return '';
    if (name.startsWith('Apt') && key === 'Version') return String(part).replaceAll('+', ' ');
    if (name === 'History' && Array.isArray(part)) return [...part].sort();
    if (name.startsWith('File') && Array.isArray(part)) return withoutDevices(part);
    return part;
  });
}

function mapJson(value: Json, change: (key: string, part: Json) => Json, key = ''): Json {
  if (Array.isArray(value))
    return change(
      key,
      value.map((item) => mapJson(item, change)),
    );
  if (value === null || typeof value !== 'object') return change(key, value);
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, mapJson(part, change, name)]));
}

/** Folders keep no size: what is below them may have several names. */
function withoutDevices(rows: Json[]): Json[] {
  const names = rows.map((row) => (isRow(row) ? row.Name : ''));
  const folders = new Set(names.map((name) => name.slice(0, name.lastIndexOf('/'))));
  return rows.flatMap((row) => {
    if (!isRow(row)) return [row];
    if (row.Name.startsWith('/dev/')) return [];
    return [folders.has(row.Name) ? { Name: row.Name } : row];
  });
}

function isRow(row: Json): row is { Name: string; [key: string]: Json } {
  return row !== null && typeof row === 'object' && !Array.isArray(row) && typeof row.Name === 'string';
}

const EQUAL = ['History', 'Metadata', 'File', 'FileLayer', 'Apt', 'AptLayer'];

function expectSame({ theirs, ours }: { theirs: Results; ours: Results }, names: readonly string[]): void {
  expect(Object.keys(ours)).toEqual(Object.keys(theirs));
  for (const name of names.filter((candidate) => candidate in theirs)) {
    expect(comparable(name, ours[name]), name).toEqual(comparable(name, theirs[name]));
  }
}

/** What container-diff finds, the sizes aside; it finds too little. */
function expectFound({ theirs, ours }: { theirs: Results; ours: Results }, name: string): void {
  const rows = (value: Json | undefined) =>
    (value as { result: { Name: string; Path: string; Version: string }[] }).result;
  const found = rows(ours[name]).map(({ Name, Path, Version }) => `${Name} ${Path} ${Version}`);
  expect(found).toEqual(
    expect.arrayContaining(rows(theirs[name]).map(({ Name, Path, Version }) => `${Name} ${Path} ${Version}`)),
  );
}

describe.runIf(containerDiff !== undefined)('image-diff beside container-diff', () => {
  const status = (version: string) =>
    `Package: bash\nStatus: install ok installed\nInstalled-Size: 12\nVersion: ${version}\n\nPackage: dash\nStatus: install ok installed\nInstalled-Size: 3\nVersion: 0.5.12\n`;
  const layers = (version: string, text: string): LayerLiteral[] => [
    [
      // container-diff leaves a symlink out whose folder has no entry before it.
      { path: 'etc', type: 'directory' },
      { path: 'var/lib/dpkg/status', content: status('5.1-1') },
      { path: 'etc/motd', content: 'hello' },
      { path: 'etc/link', type: 'symlink', linkPath: 'motd' },
      { path: 'node_modules/a/package.json', content: `{"name":"a","version":"${version}"}` },
      { path: 'usr/local/lib/python3.11/site-packages/p/__init__.py', content: 'x' },
      {
        path: 'usr/local/lib/python3.11/site-packages/p-1.0.dist-info/METADATA',
        content: `Name: p\nVersion: ${version}\n`,
      },
      { path: 'usr/local/lib/python3.11/site-packages/p-1.0.dist-info/RECORD', content: 'p/__init__.py,,\n' },
      { path: 'usr/local/lib/python3.11/site-packages/p-1.0.dist-info/top_level.txt', content: 'p\n' },
    ],
    [
      { path: 'var/lib/dpkg/status', content: status(`5.${version}-1`) },
      { path: 'app/run.sh', content: text, mode: 0o755 },
      { path: 'etc/.wh.motd', content: '' },
    ],
  ];
  const config = (user: string) => ({
    User: user,
    Env: ['A=1'],
    ExposedPorts: { '80/tcp': {} },
    Labels: { b: '2', a: '1' },
  });
  const write = (name: string, content: LayerLiteral[], user: string) => {
    const image = buildImage({ layers: content, config: config(user), format: 'docker' });
    writeFileSync(join(home, name), writeTar(dockerArchiveEntries([{ image, tags: ['app:1'] }])));
  };

  it('prints the same for equal and for different archives, but for what the docs say', () => {
    write('a.tar', layers('1.0', 'echo 1'), 'app');
    write('b.tar', [...layers('2.0', 'echo 22'), [{ path: 'etc/new', content: 'n' }]], 'root');
    const analyzed = both('analyze', ['b.tar'], ANALYZE);
    expectSame(analyzed, [...EQUAL, 'Node', 'Size', 'SizeLayer']);
    expectFound(analyzed, 'Pip');
    expectSame(both('diff', ['a.tar', 'a.tar'], DIFF), [...EQUAL, 'Node', 'Pip', 'Size', 'SizeLayer']);
    expectSame(both('diff', ['a.tar', 'b.tar'], DIFF), [...EQUAL, 'Node', 'Size', 'SizeLayer']);
  });

  it.each(pairs)(
    'prints the same for %s, but for what the docs say',
    (name) => {
      const analyzed = both('analyze', [`daemon://${name}:a`], ANALYZE);
      expectSame(analyzed, EQUAL);
      expectFound(analyzed, 'Node');
      expectFound(analyzed, 'Pip');
      expectSame(both('diff', [`daemon://${name}:a`, `daemon://${name}:b`], DIFF), EQUAL);
    },
    600_000,
  );
});
