import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageLiteral, memoryImage, type TarLiteral } from '@image-versions/oci/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from './compare/comparison.js';
import { compareImages, createPolicy } from './compare-images.js';
import { fingerprintImage } from './fingerprint-image.js';

// The whole way, by the built-in rules: from the bytes of a tar to the verdict. Paths and contents are such that no rule is about them.
const policy = createPolicy();
const octets = fc.constantFrom(0o644, 0o600, 0o755, 0o4755, 0o2755, 0o1777, 0);
const owner = fc.constantFrom(0, 1, 1000, 3_000_000);
const xattrs = fc.option(
  fc.dictionary(fc.constantFrom('user.a', 'user.b'), fc.constantFrom('', '1', '2'), { maxKeys: 2 }),
  {
    nil: undefined,
  },
);
const text = fc.string({ unit: fc.constantFrom('p', 'q', '\n'), maxLength: 6 });
const number = fc.nat({ max: 5 });
const path = fc
  .tuple(fc.constantFrom('srv/', 'srv/shop/', 'opt/shop/'), fc.constantFrom('k', 'l', 'm', 'n', 'é'))
  .map(([a, b]) => a + b);

const entry: fc.Arbitrary<TarLiteral> = fc
  .record({ path, mode: octets, uid: owner, gid: owner, xattrs, mtime: fc.nat({ max: 1e9 }) })
  .chain(({ xattrs: attributes, ...common }) => {
    const shared = { ...common, ...(attributes && { xattrs: attributes }) };
    return fc.oneof(
      { weight: 4, arbitrary: text.map((content): TarLiteral => ({ ...shared, type: 'file', content })) },
      fc.constant<TarLiteral>({ ...shared, type: 'directory' }),
      text.map((linkPath): TarLiteral => ({ ...shared, type: 'symlink', linkPath: `${linkPath}x` })),
      fc
        .tuple(number, number)
        .map(([devMajor, devMinor]): TarLiteral => ({ ...shared, type: 'char-device', devMajor, devMinor })),
      fc.constant<TarLiteral>({ ...shared, type: 'fifo' }),
    );
  });
const entries = fc.uniqueArray(entry, { selector: (of) => of.path, minLength: 1, maxLength: 7 });
const createdBy = fc.constantFrom('COPY . /srv # buildkit', 'RUN /bin/sh -c make # buildkit', 'unknown');

const base: TarLiteral[] = [
  { path: 'srv/', mode: 0o755 },
  { path: 'opt/shop/', mode: 0o755 },
];
const imageOf = (files: readonly TarLiteral[], line = 'unknown', rest: Partial<ImageLiteral> = {}) =>
  memoryImage({ layers: [base, { files, createdBy: line }], ...rest });
type Built = ReturnType<typeof imageOf>;
const verdictOf = async (before: Built, after: Built) => (await compareImages(before, after, policy)).verdict;
const printOf = (image: Built) => fingerprintImage(image, policy);

const flipped = (content: string) => `${content.startsWith('p') ? 'q' : 'p'}${content.slice(1)}`;
const contentOf = ({ content }: TarLiteral) => String(content ?? '');
const isFile = ({ type }: TarLiteral) => type === 'file';

/** A single change of one entry; what it is not about is left out. */
const mutations: Readonly<Record<string, (e: TarLiteral) => TarLiteral[] | undefined>> = {
  'is gone': () => [],
  'has another path': (e) => [{ ...e, path: `${e.path}2` }],
  'has a neighbour': (e) => [e, { ...e, path: `${e.path}2` }],
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, bit) => [
      `has the other mode bit ${(1 << bit).toString(8)}`,
      (e: TarLiteral) => (e.type === 'symlink' ? undefined : [{ ...e, mode: (e.mode ?? 0) ^ (1 << bit) }]),
    ]),
  ),
  'has another user': (e) => [{ ...e, uid: (e.uid ?? 0) + 1 }],
  'has another group': (e) => [{ ...e, gid: (e.gid ?? 0) + 1 }],
  'has an attribute more': (e) => [{ ...e, xattrs: { ...e.xattrs, 'user.z': '' } }],
  'has an attribute less': (e) => (Object.keys(e.xattrs ?? {}).length > 0 ? [{ ...e, xattrs: {} }] : undefined),
  'has another value of an attribute': (e) =>
    e.xattrs?.['user.a'] === undefined
      ? undefined
      : [{ ...e, xattrs: { ...e.xattrs, 'user.a': `${e.xattrs['user.a']}+` } }],
  'has other content of the same size': (e) =>
    isFile(e) && contentOf(e) !== '' ? [{ ...e, content: flipped(contentOf(e)) }] : undefined,
  'has more content': (e) => (isFile(e) ? [{ ...e, content: `${contentOf(e)}p` }] : undefined),
  'has another target': (e) => (e.type === 'symlink' ? [{ ...e, linkPath: `${e.linkPath}/` }] : undefined),
  'has another major device number': (e) =>
    e.type === 'char-device' ? [{ ...e, devMajor: (e.devMajor ?? 0) + 1 }] : undefined,
  'has another minor device number': (e) =>
    e.type === 'char-device' ? [{ ...e, devMinor: (e.devMinor ?? 0) + 1 }] : undefined,
  'is a block device': (e) => (e.type === 'char-device' ? [{ ...e, type: 'block-device' }] : undefined),
  'is a fifo': (e) => (e.type === 'fifo' ? undefined : [{ ...e, type: 'fifo', content: '', linkPath: '' }]),
  'is a file': (e) => (isFile(e) ? undefined : [{ ...e, type: 'file', content: '', linkPath: '' }]),
  'is a symlink': (e) => (e.type === 'symlink' ? undefined : [{ ...e, type: 'symlink', content: '', linkPath: 'p' }]),
};

const config = { Env: ['A=1'], Cmd: ['x'], Labels: { a: '1' }, Healthcheck: { Test: ['CMD', 'x'], Interval: 1e9 } };
/** A change of each setting that a container runs with. */
const settings: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
  ['a variable', { Env: ['A=2'] }],
  ['a variable more', { Env: ['A=1', 'B='] }],
  ['a variable less', { Env: [] }],
  ['the entrypoint', { Entrypoint: ['y'] }],
  ['the command', { Cmd: ['x', ''] }],
  ['a word of the command', { Cmd: ['x y'] }],
  ['the user', { User: '1' }],
  ['the folder', { WorkingDir: '/srv' }],
  ['a port', { ExposedPorts: { '80/tcp': {} } }],
  ['a volume', { Volumes: { '/v': {} } }],
  ['a label', { Labels: { a: '2' } }],
  ['a label more', { Labels: { a: '1', b: '' } }],
  ['the signal', { StopSignal: 'SIGINT' }],
  ['the patience', { StopTimeout: 3 }],
  ['no patience', { StopTimeout: 0 }],
  ['the shell', { Shell: ['/bin/bash', '-c'] }],
  ['a trigger', { OnBuild: ['RUN x'] }],
  ['the check', { Healthcheck: { Test: ['CMD', 'y'], Interval: 1e9 } }],
  ['the check as shell', { Healthcheck: { Test: ['CMD-SHELL', 'x'], Interval: 1e9 } }],
  ['no check', { Healthcheck: { Test: ['NONE'] } }],
  ...['Interval', 'Timeout', 'StartPeriod', 'StartInterval', 'Retries'].map(
    (key) => [`the check's ${key}`, { Healthcheck: { ...config.Healthcheck, [key]: 2e9 } }] as const,
  ),
];

describe('comparing images, from their bytes', () => {
  it('finds an image the same as itself built again: other times, order of the archive and layers', async () => {
    const again = fc
      .tuple(entries, createdBy)
      .chain(([files, line]) =>
        fc.tuple(
          fc.constant(files),
          fc.constant(line),
          fc.shuffledSubarray(files, { minLength: files.length }),
          fc.nat({ max: files.length }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(again, async ([files, line, shuffled, split]) => {
        const later = shuffled.map((e) => ({ ...e, mtime: 1_800_000_000 }));
        const after = memoryImage({
          layers: [
            base,
            ...[later.slice(0, split), later.slice(split)].map((part) => ({ files: part, createdBy: line })),
          ],
        });
        expect(await verdictOf(imageOf(files, line), after)).toBe('same');
        expect(await printOf(after)).toBe(await printOf(imageOf(files, line)));
      }),
      { numRuns: 150 },
    );
  });

  it('is symmetric, and agrees with the fingerprints', async () => {
    await fc.assert(
      fc.asyncProperty(entries, entries, createdBy, async (a, b, line) => {
        const [one, other] = [imageOf(a, line), imageOf(b, line)];
        const there = await compareImages(one, other, policy);
        const back = await compareImages(other, one, policy);
        const opposite = { added: 'removed', removed: 'added', modified: 'modified' } as const;
        const said = ({ changes }: typeof there) => changes.map(({ subject, action }) => `${subject} ${action}`).sort();
        expect(said(back)).toEqual(there.changes.map(({ subject, action }) => `${subject} ${opposite[action]}`).sort());
        expect((await printOf(one)) === (await printOf(other))).toBe(there.verdict === 'same');
      }),
      { numRuns: 100 },
    );
  });

  it('says the same whether it inspects every file, or those that one image alone has, by what it knows from before', async () => {
    const name = fc.constantFrom('srv/a.properties', 'srv/b.properties', 'opt/c.properties', 'srv/k');
    const file = fc.record({ path: name, mode: octets });
    const link = fc.record({ path: name, type: fc.constant('hardlink' as const), linkPath: name });
    const files = fc.uniqueArray(fc.oneof({ weight: 6, arbitrary: file }, link), {
      selector: ({ path }) => path,
      minLength: 1,
      maxLength: 4,
    });
    /** What one image has in the files: the number is noise in the properties; the letter is not. */
    const content = fc.record({
      letter: fc.oneof({ weight: 9, arbitrary: fc.constant('x') }, fc.constant('y')),
      second: fc.constantFrom(1, 2),
    });
    const contents = fc.array(content, { minLength: 4, maxLength: 4 });
    const counts = { same: 0, changed: 0, again: 0 };
    /** Only the whole image tells of a directory that no layer lists but which something lies in, and who made a file first. */
    const filesOf = (changes: readonly Change[]) =>
      changes.flatMap(({ category: _, ...change }) => (change.detail.includes('directory') ? [] : [change]));
    const three = fc.tuple(files, files, files, fc.tuple(contents, contents, contents));
    const check = async ([lower, upper, top, images]: typeof three extends fc.Arbitrary<infer T> ? T : never) => {
      const filled = (layer: readonly TarLiteral[], of: (typeof images)[0]) =>
        layer.map((e, at) => {
          const { letter = 'x', second = 1 } = of[at] ?? {};
          const text = `#Sun Nov 22 13:00:0${second} UTC 2026\nkey=${letter}\n`;
          return e.type === 'hardlink' ? e : { ...e, content: text };
        });
      const built = images.map((of) =>
        memoryImage({
          layers: [filled(lower, images[0]), filled(upper, of), filled(top, of)].map((layer) => ({
            files: layer,
            createdBy: 'RUN make',
          })),
        }),
      ) as [Built, Built, Built];
      const cacheFolder = await mkdtemp(join(tmpdir(), 'compare-properties-'));
      try {
        for (const [one, other] of [
          [0, 1],
          [1, 2],
          [2, 0],
        ] as const) {
          const [before, after] = [built[one], built[other]];
          const { verdict, changes } = await compareImages(before, after, policy);
          const read = before.layersRead.length + after.layersRead.length;
          const lazy = await compareImages(before, after, policy, { cacheFolder, inspectAll: false });
          expect([lazy.verdict, filesOf(lazy.changes)]).toEqual([verdict, filesOf(changes)]);
          counts[verdict] += 1;
          if (before.layersRead.length + after.layersRead.length > read) counts.again += 1;
        }
      } finally {
        await rm(cacheFolder, { recursive: true });
      }
    };
    await fc.assert(fc.asyncProperty(three, check), { numRuns: 60 });
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(10);
  });

  it('says the same of what commands leave behind, whether it knows the layers below or not', async () => {
    const lines = [
      'ADD rootfs.tar / # buildkit',
      'COPY . /var/log # buildkit',
      'COPY a . # buildkit',
      'RUN /bin/sh -c make # buildkit',
      'bazel build //:image',
    ];
    const name = fc.constantFrom(
      'var/log/dpkg.log',
      'var/log/make.log',
      'root/.cache/pip/a',
      'tmp/tmp.Ab1Cd2Ef',
      'etc/machine-id',
      'srv/k',
    );
    const content = fc.constantFrom('1', '2').map((digit) => digit.repeat(32));
    const folder = fc.constantFrom('var/log/', 'root/.cache/', 'root/.cache/pip/', 'tmp/', 'etc/', 'srv/');
    const entryOf = fc.oneof(
      { weight: 3, arbitrary: fc.record({ path: name, content }) },
      fc.record({ path: folder, type: fc.constant('directory' as const), mode: fc.constantFrom(0o755, 0o700) }),
    );
    const layer = fc
      .record({
        createdBy: fc.constantFrom(...lines),
        files: fc.uniqueArray(entryOf, { selector: (e) => e.path, minLength: 1, maxLength: 4 }),
      })
      .map(({ createdBy, files }) => {
        const isThere = (e: TarLiteral) => !createdBy.includes(' /var/log ') || e.path.startsWith('var/log/');
        return { createdBy, files: files.filter(isThere) };
      });
    const stacks = fc.tuple(
      fc.array(layer, { minLength: 1, maxLength: 2 }),
      fc.array(layer, { minLength: 1, maxLength: 2 }),
      fc.array(layer, { minLength: 1, maxLength: 2 }),
    );
    const filesOf = (changes: readonly Change[]) =>
      changes.flatMap(({ category: _, ...change }) => (change.detail.includes('directory') ? [] : [change]));
    const counts = { same: 0, changed: 0 };
    await fc.assert(
      fc.asyncProperty(stacks, fc.boolean(), async ([lower, one, other], isAlike) => {
        // Built again: the same commands leave other bytes.
        const anew = (e: TarLiteral) => (e.content && e.path !== 'srv/k' ? { ...e, content: '3'.repeat(32) } : e);
        const again = isAlike ? one.map((made) => ({ ...made, files: made.files.map(anew) })) : other;
        const [before, after] = [one, again].map((upper) => memoryImage({ layers: [...lower, ...upper] })) as [
          Built,
          Built,
        ];
        const cacheFolder = await mkdtemp(join(tmpdir(), 'compare-properties-'));
        try {
          const cold = await compareImages(before, after, policy);
          const prints = [];
          for (const image of [before, after]) prints.push(await fingerprintImage(image, policy, { cacheFolder }));
          const warm = await compareImages(before, after, policy, { cacheFolder });
          expect([cold.verdict, filesOf(cold.changes)]).toEqual([warm.verdict, filesOf(warm.changes)]);
          if (prints[0] === prints[1]) expect(warm.verdict).toBe('same');
          counts[cold.verdict] += 1;
        } finally {
          await rm(cacheFolder, { recursive: true });
        }
      }),
      { numRuns: 120 },
    );
    // Of 120 some 15 are the same.
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(1);
  });

  it.each(Object.entries(mutations))('finds that one entry %s', async (_, mutate) => {
    const changed = fc.tuple(entries, fc.nat()).chain(([files, seed]) => {
      const possible = files.flatMap((e, at) => {
        const others = new Set(files.filter((_, other) => other !== at).map((other) => other.path));
        const result = mutate(e);
        return result === undefined || result.some((r) => others.has(r.path)) ? [] : [{ at, result }];
      });
      const chosen = possible[seed % Math.max(1, possible.length)];
      return fc.constant(
        chosen && { files, mutated: files.flatMap((e, at) => (at === chosen.at ? chosen.result : [e])) },
      );
    });
    const found = changed.filter((pair) => pair !== undefined);
    await fc.assert(
      fc.asyncProperty(found, createdBy, async (pair, line) => {
        const [before, after] = [imageOf(pair.files, line), imageOf(pair.mutated, line)];
        expect(await verdictOf(before, after)).toBe('changed');
        expect(await verdictOf(after, before)).toBe('changed');
        expect(await printOf(before)).not.toBe(await printOf(after));
      }),
      { numRuns: 25 },
    );
  });

  it.each(settings)('finds that of the config %s changed', async (_, change) => {
    const files: TarLiteral[] = [{ path: 'srv/k', content: 'p' }];
    const [before, after] = [
      imageOf(files, 'COPY', { config }),
      imageOf(files, 'COPY', { config: { ...config, ...change } }),
    ];
    expect(await verdictOf(before, after)).toBe('changed');
    expect(await verdictOf(after, before)).toBe('changed');
    expect(await printOf(before)).not.toBe(await printOf(after));
  });

  it.each([
    { os: 'windows', architecture: 'amd64' },
    { os: 'linux', architecture: 'arm64' },
    { os: 'linux', architecture: 'amd64', variant: 'v3' },
    { os: 'linux', architecture: 'amd64', 'os.version': '10' },
  ])('finds another platform: %o', async (platform) => {
    const [before, after] = [imageOf([], 'COPY'), imageOf([], 'COPY', { platform })];
    expect(await verdictOf(before, after)).toBe('changed');
    expect(await printOf(before)).not.toBe(await printOf(after));
  });
});
