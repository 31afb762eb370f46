import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import type { TreeRule } from '../noise/rule.js';
import { compareWhole } from '../testing/compare-whole.js';
import { droppedBelow, treeRule } from '../testing/literal-rules.js';
import {
  digestOfText,
  directory,
  file,
  hardlink,
  layerAt,
  stacked,
  symlink,
  treeFrom,
} from '../testing/literal-tree.js';
import { mergeLayers } from '../tree/merge.js';

const run = layerAt(1, 'run');
const copy = layerAt(1, 'copy');

/** One line a change. */
function differing(before: LayerEntry[], after: LayerEntry[], rules: TreeRule[] = [], layer = run) {
  const { changes } = compareWhole(treeFrom(before, layer), treeFrom(after, layer), rules);
  return changes.map(({ action, subject, detail }) => `${action} ${subject}: ${detail}`);
}

describe('two trees', () => {
  it('are the same with themselves', () => {
    const entries = [directory('a'), file('a/b', 'x'), symlink('c', 'a/b'), hardlink('d', 'none')];
    expect(differing(entries, entries)).toEqual([]);
  });

  it('differ in what is added, removed and of another content', () => {
    expect(differing([file('a', '1'), file('b', '1')], [file('b', '2'), file('c', 'new')])).toEqual([
      'removed /a: file, 1 B',
      'modified /b: content changed, 1 B as before',
      'added /c: file, 3 B',
    ]);
  });

  it('differ in mode and owner of a file and of a directory', () => {
    expect(
      differing(
        [file('a', '', { mode: 0o755 }), directory('d')],
        [file('a', '', { mode: 0o4755, uid: 5 }), directory('d', { mode: 0o700 })],
      ),
    ).toEqual(['modified /a: mode 0755 -> 4755; owner 0:0 -> 5:0', 'modified /d: mode 0755 -> 0700']);
  });

  it('differ in link targets, types, devices and extended attributes', () => {
    const device = (minor: number): LayerEntry => ({ ...file('n'), type: 'char-device', device: { major: 1, minor } });
    expect(
      differing(
        [symlink('l', 'a1'), file('t', 'x'), device(3), file('x')],
        [symlink('l', 'a2'), symlink('t', 'x'), device(5), file('x', '', { xattrs: { 'security.capability': '01' } })],
      ),
    ).toEqual([
      'modified /l: -> a1 became -> a2',
      'modified /n: device 1:3 -> 1:5',
      'modified /t: file, 1 B -> symlink -> x',
      'modified /x: attribute security.capability added',
    ]);
  });

  it('say by how much a size differs that would be written alike', () => {
    const sized = (size: number) => [file('app/server', String(size), { size })];
    expect([
      ...differing(sized(8_321_108), sized(8_322_741)),
      ...differing(sized(8_322_741), sized(8_321_108)),
      ...differing(sized(900), sized(8_321_108)),
    ]).toEqual([
      'modified /app/server: content changed, 8.3 MB, 1.6 kB more',
      'modified /app/server: content changed, 8.3 MB, 1.6 kB less',
      'modified /app/server: content changed, 900 B -> 8.3 MB',
    ]);
  });

  it('do not differ in the mode of a symlink, which means nothing', () => {
    expect(differing([symlink('l', 'a', { mode: 0o777 })], [symlink('l', 'a', { mode: 0o755 })])).toEqual([]);
  });

  it('do not differ where one has a hard link and the other a copy, nor in how layers are cut', () => {
    const one = mergeLayers([stacked(layerAt(0), [file('a', 'x'), hardlink('b', 'a')])]);
    const two = mergeLayers([
      stacked(layerAt(0), [file('a', 'x')]),
      stacked(layerAt(1), [file('b', 'x'), file('a', 'x')]),
    ]);
    expect(compareWhole(one, two, [])).toEqual({ changes: [], noise: [] });
  });

  it('do not differ where one lists a parent directory that the other implies', () => {
    const one = mergeLayers([stacked(layerAt(0), [directory('a'), file('a/b')])]);
    const two = mergeLayers([stacked(layerAt(0), [file('a/b')])]);
    expect(compareWhole(one, two, []).changes).toEqual([]);
  });
});

describe('a content rule', () => {
  const normal = (text: string, parts = [{ name: 'a/B.class', value: text }]) => ({
    normal: { rule: 'jar', digest: digestOfText(text), parts },
  });

  it('makes noise of files that are equal in their normal form', () => {
    const before = treeFrom([file('a.jar', '1', normal('same'))]);
    const after = treeFrom([file('a.jar', '2', normal('same'))]);
    expect(compareWhole(before, after, [])).toEqual({
      changes: [],
      noise: [{ rule: 'jar', reason: '', count: 1, examples: ['/a.jar'] }],
    });
  });

  it('does not hide that the mode changed, too', () => {
    expect(differing([file('a.jar', '1', normal('x'))], [file('a.jar', '2', { ...normal('x'), mode: 0o600 })])).toEqual(
      ['modified /a.jar: mode 0644 -> 0600'],
    );
  });

  it('names the pieces that differ, and how many more', () => {
    const parts = (value: string) => ['a', 'b', 'c', 'd'].map((name) => ({ name, value }));
    expect(
      differing([file('a.jar', '1', normal('x', parts('1.0')))], [file('a.jar', '2', normal('y', parts('1.1')))]),
    ).toEqual(['modified /a.jar: a 1.0 -> 1.1, b 1.0 -> 1.1, c 1.0 -> 1.1, 1 more']);
  });

  it('hides nothing where only one side has a normal form', () => {
    expect(differing([file('a.jar', '1', normal('x'))], [file('a.jar', '2')])).toHaveLength(1);
  });
});

describe('a tree rule', () => {
  const cache = droppedBelow('caches', 'var/cache');

  it('makes noise of a path that only one side has, and says which', () => {
    const before = treeFrom([directory('var'), file('var/cache/a', '1')], run);
    const after = treeFrom([directory('var'), file('var/cache/b', '2')], run);
    expect(compareWhole(before, after, [cache])).toEqual({
      changes: [],
      noise: [{ rule: 'caches', reason: 'Reason of caches.', count: 2, examples: ['/var/cache/a', '/var/cache/b'] }],
    });
  });

  it('counts as noise only what differs', () => {
    const tree = treeFrom([file('var/cache/a', '1')], run);
    expect(compareWhole(tree, tree, [cache]).noise).toEqual([]);
  });

  it('says nothing of an equal path where it came to be in another way', () => {
    const entries = [directory('var/cache'), file('var/cache/a', '1')];
    expect(compareWhole(treeFrom(entries, run), treeFrom(entries, copy), [cache])).toEqual({ changes: [], noise: [] });
  });

  it('does not hide a path from another origin', () => {
    const { changes } = compareWhole(
      treeFrom([file('var/cache/a', '1')], run),
      treeFrom([file('var/cache/a', '22')], copy),
      [cache],
    );
    expect(changes).toMatchObject([
      { action: 'modified', subject: '/var/cache/a', detail: 'content changed, 1 B -> 2 B' },
    ]);
  });

  it('drops with its content a directory that a RUN made for it', () => {
    const rule = droppedBelow('caches', 'root/.cache/pip');
    expect(
      differing(
        [directory('root'), directory('root/.cache'), directory('root/.cache/pip'), file('root/.cache/pip/x')],
        [directory('root')],
        [rule],
      ),
    ).toEqual([]);
  });

  it.each([
    ['of another owner', directory('home/app', { uid: 1000, gid: 1000 })],
    ['that others may write to', directory('home/app', { mode: 0o1777 })],
  ])('leaves one in a folder %s, who could not write to it', (_, home) => {
    const rule = droppedBelow('caches', 'home/app/.cache/pip');
    const made = [directory('home/app/.cache'), directory('home/app/.cache/pip'), file('home/app/.cache/pip/x')];
    expect(differing([home, ...made], [home], [rule])).toEqual(['removed /home/app/.cache: directory']);
  });

  it.each([
    ['with a mode of its own', directory('data', { mode: 0o777 }), run],
    ['of a COPY', directory('data'), copy],
  ])('leaves the emptied directory %s', (_, made, layer) => {
    const rule = treeRule('logs', ({ path }) => (path === 'data/log' ? 'drop' : 'keep'));
    expect(differing([made, file('data/log')], [], [rule], layer)).toEqual(['removed /data: directory']);
  });

  it('leaves an emptied directory whose name is not hidden, as a program may want it there', () => {
    const rule = treeRule('logs', ({ path }) => (path.endsWith('.log') ? 'drop' : 'keep'));
    const before = [directory('var/log'), directory('var/log/app'), file('var/log/app/setup.log')];
    expect(differing(before, [directory('var/log')], [rule])).toEqual(['removed /var/log/app: directory']);
  });

  it('leaves an emptied directory that a lower layer had', () => {
    const rule = treeRule('logs', ({ path }) => (path === 'data/log' ? 'drop' : 'keep'));
    const base = stacked(layerAt(0), [directory('data')]);
    const before = mergeLayers([base, stacked(run, [directory('data'), file('data/log')])]);
    expect(compareWhole(before, mergeLayers([base]), [rule]).changes).toEqual([]);
  });

  it('keeps a directory that it drops as long as something in it stays', () => {
    const before = [directory('var/cache', { mode: 0o700 }), file('var/cache/app')];
    const rule = treeRule('caches', ({ path }) => (path === 'var/cache' ? 'drop' : 'keep'));
    expect(differing(before, [directory('var/cache'), file('var/cache/app')], [rule])).toEqual([
      'modified /var/cache: mode 0700 -> 0755',
    ]);
  });

  it('drops a directory of a random name although something in it stays, under another name', () => {
    const random = treeRule('random', ({ path, type }) => {
      if (!/^r\d/.test(path)) return 'keep';
      return type === 'directory' ? 'drop' : { path: path.replace(/^r\d/, '(random)') };
    });
    const holding = (folder: string, text: string) => [directory(folder), file(`${folder}/tool`, text)];
    expect(differing(holding('r1', 'x'), holding('r2', 'x'), [random])).toEqual([]);
    expect(differing(holding('r1', 'x'), holding('r2', 'y'), [random])).not.toEqual([]);
  });

  it('compares paths of random names by what they hold', () => {
    const rule = treeRule('temporary', ({ path }) =>
      /^tmp\/tmp\.\w+/.test(path) ? { path: path.replace(/^tmp\/tmp\.\w+/, 'tmp/tmp.*') } : 'keep',
    );
    const before = [
      directory('tmp/tmp.aaa'),
      file('tmp/tmp.aaa/x', '1'),
      directory('tmp/tmp.bbb'),
      file('tmp/tmp.bbb/x', '2'),
    ];
    const after = [
      directory('tmp/tmp.ccc'),
      file('tmp/tmp.ccc/x', '2'),
      directory('tmp/tmp.ddd'),
      file('tmp/tmp.ddd/x', '1'),
    ];
    expect(differing(before, after, [rule])).toEqual([]);
    expect(differing(before, [...after.slice(0, 3), file('tmp/tmp.ddd/x', '3')], [rule])).toEqual([
      'modified /tmp/tmp.ddd/x: content changed, 1 B as before',
    ]);
    expect(differing(before, after.slice(0, 2), [rule])).toHaveLength(2);
    const twice = [file('tmp/tmp.aaa', 'x'), file('tmp/tmp.bbb', 'x')];
    expect(differing(twice.slice(0, 1), twice, [rule])).toHaveLength(1);
    expect(differing(twice, twice.slice(0, 1), [rule])).toHaveLength(1);
  });

  it('pairs what is equal to the byte first, so that the same is noise in both directions', () => {
    const rule = treeRule('random', ({ path }) => ({ path: path.replace(/\d/, '*') }));
    const normal = { rule: 'first', digest: digestOfText('x') };
    const [one, other] = [file('r1', 'x1', { normal }), file('r2', 'x2', { normal })];
    const noiseOf = (before: LayerEntry[], after: LayerEntry[]) =>
      compareWhole(treeFrom(before, run), treeFrom(after, run), [rule]).noise.map(({ rule: name }) => name);
    expect(noiseOf([one, other], [one])).toEqual(['random']);
    expect(noiseOf([one], [one, other])).toEqual(['random']);
    expect(noiseOf([other], [one, other])).toEqual(['random']);
    expect(noiseOf([one, other], [{ ...other, path: 'r3' }])).toEqual(['random']);
  });
});
