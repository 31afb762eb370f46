import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import { directory, file, hardlink, layerAt, stacked, symlink } from '../testing/literal-tree.js';
import { mergeLayers, type StackedLayer } from './merge.js';

type Hides = { whiteouts?: string[]; opaque?: string[] };
type Literal = LayerEntry[] | [LayerEntry[], Hides];

const isWithHides = (layer: Literal): layer is [LayerEntry[], Hides] => Array.isArray(layer[0]);
const stack = (layers: Literal[]): StackedLayer[] =>
  layers.map((layer, index) =>
    isWithHides(layer) ? stacked(layerAt(index), layer[0], layer[1]) : stacked(layerAt(index), layer),
  );

/** One line a path, as `path type layer`. */
const drawn = (...layers: Literal[]) =>
  [...mergeLayers(stack(layers)).entries]
    .filter((entry) => entry.path !== '')
    .map((entry) => `${entry.path} ${entry.type} ${entry.layer.index}`);

describe('layers merged', () => {
  it('show the file of the highest layer', () => {
    expect(drawn([file('a', '1')], [file('a', '2')], [file('b')])).toEqual(['a file 1', 'b file 2']);
  });

  it('hide a file of a lower layer under a whiteout', () => {
    expect(drawn([file('a'), file('b')], [[], { whiteouts: ['a'] }])).toEqual(['b file 0']);
  });

  it('hide a whole directory under a whiteout', () => {
    expect(drawn([directory('d'), file('d/x'), file('d-e')], [[], { whiteouts: ['d'] }])).toEqual(['d-e file 0']);
  });

  it('show what the layer of a whiteout has itself under that name', () => {
    expect(drawn([file('d/old')], [[directory('d'), file('d/new')], { whiteouts: ['d'] }])).toEqual([
      'd directory 1',
      'd/new file 1',
    ]);
  });

  it('show what a layer above the whiteout brings back', () => {
    expect(drawn([file('a')], [[], { whiteouts: ['a'] }], [file('a')])).toEqual(['a file 2']);
  });

  it('take a whiteout of what is not there for nothing', () => {
    expect(drawn([file('a')], [[], { whiteouts: ['b', 'c/d'], opaque: ['e'] }])).toEqual(['a file 0']);
  });

  it('hide below an opaque directory what lower layers have in it', () => {
    expect(drawn([directory('d'), file('d/x')], [[directory('d'), file('d/y')], { opaque: ['d'] }])).toEqual([
      'd directory 1',
      'd/y file 1',
    ]);
  });

  it('replace a directory by a file, and a file by a directory', () => {
    expect(drawn([directory('d'), file('d/x')], [file('d')])).toEqual(['d file 1']);
    expect(drawn([file('d')], [directory('d'), file('d/x')])).toEqual(['d directory 1', 'd/x file 1']);
  });

  it('do not bring back what lay below before a file took the place of the directory', () => {
    expect(drawn([directory('d', { mode: 0o700 }), file('d/x')], [file('d')], [file('d/y')])).toEqual([
      'd directory 2',
      'd/y file 2',
    ]);
  });

  it('never follow a symlink of a lower layer', () => {
    expect(drawn([symlink('lib', 'usr/lib'), directory('usr/lib')], [file('lib/x')])).toEqual([
      'lib directory 1',
      'lib/x file 1',
      'usr directory 0',
      'usr/lib directory 0',
    ]);
  });

  it('keep mode and owner that a lower layer gave to a directory which a higher one only has something in', () => {
    const tree = mergeLayers(stack([[directory('d', { mode: 0o700, uid: 5 })], [file('d/x')]]));
    expect(tree.get('d')).toMatchObject({ mode: 0o700, uid: 5, layer: { index: 0 } });
  });

  it('give a directory that no layer lists to root with mode 0755', () => {
    const tree = mergeLayers(stack([[file('d/e/x')]]));
    expect(tree.get('d/e')).toMatchObject({ type: 'directory', mode: 0o755, uid: 0, gid: 0 });
    expect(tree.get('')).toMatchObject({ type: 'directory', mode: 0o755 });
  });

  it('do not show a directory whose only content a higher layer hides', () => {
    expect(drawn([file('d/x')], [[], { whiteouts: ['d'] }])).toEqual([]);
  });

  it('remember which layer first made a directory', () => {
    const tree = mergeLayers(stack([[directory('d')], [directory('d')], [directory('d')]]));
    expect(tree.get('d')).toMatchObject({ layer: { index: 2 }, madeIn: { index: 0 } });
  });
});

describe('where a file came from', () => {
  const madeIn = (...layers: [origin: 'copy' | 'run' | 'unknown', text: string][]) => {
    const tree = mergeLayers(layers.map(([origin, text], at) => stacked(layerAt(at, origin), [file('a', text)])));
    return tree.get('a')?.madeIn;
  };

  it('is a COPY, though a RUN gave it another owner or edited it', () => {
    expect(madeIn(['unknown', '1'], ['copy', '2'], ['run', '2'])).toMatchObject({ index: 1, origin: 'copy' });
    expect(madeIn(['copy', '1'], ['run', '2'], ['run', '3'])).toMatchObject({ index: 0, origin: 'copy' });
    expect(madeIn(['unknown', '1'], ['copy', '1'], ['run', '1'])).toMatchObject({ index: 1, origin: 'copy' });
  });

  it('is the layer that had the same content, else the one that wrote it', () => {
    expect(madeIn(['unknown', '1'], ['run', '1'])).toMatchObject({ index: 0 });
    expect(madeIn(['unknown', '1'], ['run', '2'])).toBeUndefined();
  });
});

describe('a hard link', () => {
  const merged = (...layers: Literal[]) => mergeLayers(stack(layers));

  it('is a file of its own with the content of its target', () => {
    const tree = merged([file('a', 'text'), hardlink('b', 'a')]);
    expect(tree.get('b')).toMatchObject({ type: 'file', digest: tree.get('a')?.digest, size: 4 });
  });

  it('finds its target in a lower layer', () => {
    expect(merged([file('a', 'text')], [hardlink('b', 'a')]).get('b')).toMatchObject({ type: 'file', size: 4 });
  });

  it('does not find a target that a layer between has hidden', () => {
    const tree = merged([file('a', 'text')], [[], { whiteouts: ['a'] }], [hardlink('b', 'a')]);
    expect(tree.get('b')).toMatchObject({ type: 'hardlink', linkTarget: 'a' });
  });

  it('keeps the content of a target that a higher layer replaces', () => {
    const tree = merged([file('a', 'old'), hardlink('b', 'a')], [file('a', 'newer')]);
    expect(tree.get('b')).toMatchObject({ size: 3 });
  });

  it('follows a chain, and stays a link where it leads in a circle or to nothing', () => {
    expect(merged([hardlink('a', 'b'), hardlink('b', 'c'), file('c', 'x')]).get('a')).toMatchObject({ type: 'file' });
    const tree = merged([hardlink('a', 'b'), hardlink('b', 'a'), hardlink('c', 'none')]);
    expect([...tree.entries].slice(1).map((entry) => entry.type)).toEqual(['hardlink', 'hardlink', 'hardlink']);
  });
});

/** Layers applied one by one to a plain map, by the text of the specification. */
function naive(layers: readonly StackedLayer[]): Map<string, string> {
  let system = new Map<string, string>();
  const below = (path: string, directory: string) => directory === '' || path.startsWith(`${directory}/`);
  for (const { index } of layers) {
    for (const path of index.whiteouts) {
      for (const known of [...system.keys()]) if (known === path || below(known, path)) system.delete(known);
    }
    for (const path of index.opaque) {
      for (const known of [...system.keys()]) if (known !== path && below(known, path)) system.delete(known);
    }
    for (const entry of index.entries) {
      const parents = entry.path.split('/').slice(0, -1);
      parents.forEach((_, at) => {
        const parent = parents.slice(0, at + 1).join('/');
        if (!system.get(parent)?.startsWith('directory')) system.set(parent, 'directory 493');
      });
      if (entry.type !== 'directory') {
        for (const known of [...system.keys()]) if (below(known, entry.path)) system.delete(known);
      }
      system.set(entry.path, `${entry.type} ${entry.mode}`);
    }
  }
  system = new Map([...system].filter(([path]) => path !== ''));
  return system;
}

describe('merging', () => {
  const name = fc.constantFrom('a', 'b', 'a-');
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const entry = fc.record({ path, isDirectory: fc.boolean(), mode: fc.constantFrom(0o755, 0o700, 0o644) });
  const layer = fc
    .record({
      entries: fc.array(entry, { maxLength: 6 }),
      whiteouts: fc.uniqueArray(path, { maxLength: 2 }),
      opaque: fc.uniqueArray(path, { maxLength: 1 }),
    })
    .map(({ entries, ...hides }) => {
      const byName = new Map(entries.map((e) => [e.path, e]));
      const isFile = (p: string) => byName.get(p)?.isDirectory === false;
      const sound = [...byName.values()].filter(
        (e) => !e.path.split('/').some((_, at, parts) => at > 0 && isFile(parts.slice(0, at).join('/'))),
      );
      const made = sound.map((e) =>
        e.isDirectory ? directory(e.path, { mode: e.mode }) : file(e.path, '', { mode: e.mode }),
      );
      return { entries: made, hides };
    });

  it('gives what applying the layers one by one gives', () => {
    fc.assert(
      fc.property(fc.array(layer, { minLength: 1, maxLength: 4 }), (layers) => {
        const stackedLayers = layers.map(({ entries, hides }, at) => stacked(layerAt(at), entries, hides));
        const merged = [...mergeLayers(stackedLayers).entries].filter((e) => e.path !== '');
        expect(new Map(merged.map((e) => [e.path, `${e.type} ${e.mode}`]))).toEqual(naive(stackedLayers));
      }),
      { numRuns: 1000 },
    );
  });
});
