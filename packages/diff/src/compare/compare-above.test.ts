import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerEntry, LayerIndex } from '../layer/entry.js';
import { leftBehind } from '../noise/left-behind.js';
import { compareWhole } from '../testing/compare-whole.js';
import { treeRule } from '../testing/literal-rules.js';
import { directory, file, layerAt, stacked } from '../testing/literal-tree.js';
import type { StackedLayer } from '../tree/merge.js';
import { mergeLayers } from '../tree/merge.js';
import type { TreeLayer } from '../tree/tree.js';
import { compareAbove } from './compare-above.js';
import type { TreeComparison } from './compare-trees.js';

/** Drops what a command left there, and nothing that goes back to a COPY. */
const rules = [
  leftBehind({ name: 'noise', reason: '', example: '', certainty: 'run', below: /^noise/ }),
  leftBehind({ name: 'logs', reason: '', example: '', certainty: 'tool', below: /^logs/ }),
];
const noBase = { before: 0, after: 0 };
type Hides = Partial<Pick<LayerIndex, 'whiteouts' | 'opaque'>>;
const upper = (entries: LayerEntry[], hides: Hides = {}) => [stacked(layerAt(1, 'run'), entries, hides)];
const above = (before: StackedLayer[], after: StackedLayer[], unread: TreeLayer[] = []) => {
  const answer = compareAbove({ layers: before, unread }, { layers: after, unread }, rules, noBase);
  if (answer !== undefined && 'missingForms' in answer) throw new Error('no file was plain');
  return answer;
};
/** `same`, `changed`, or `?` where it depends on the layers below. */
const verdict = (before: StackedLayer[], after: StackedLayer[], unread: TreeLayer[] = []) => {
  const comparison = above(before, after, unread);
  return comparison === undefined ? '?' : comparison.changes.length > 0 ? 'changed' : 'same';
};

describe('without the layers that two images share', () => {
  it('they are the same where the layers above put the same there', () => {
    expect(verdict(upper([directory('a'), file('a/x', '1')]), upper([directory('a'), file('a/x', '1')]))).toBe('same');
    expect(verdict(upper([], { whiteouts: ['x'] }), upper([], { whiteouts: ['x'] }))).toBe('same');
  });

  it('they differ where the layers above put something else there', () => {
    expect(verdict(upper([file('x', '1')]), upper([file('x', '2')]))).toBe('changed');
    expect(verdict(upper([file('x', '1')]), upper([], { whiteouts: ['x'] }))).toBe('changed');
  });

  it.each([
    ['adds a file, which may have been there', upper([file('x', '1')]), upper([])],
    [
      'differs, and adds a file, which may have been there',
      upper([file('x', '1')]),
      upper([file('x', '2'), file('y')]),
    ],
    [
      'differs, and takes a file away, which may not have been there',
      upper([file('x', '1')]),
      upper([file('x', '2')], { whiteouts: ['y'] }),
    ],
    ['takes a file away, which may not have been there', upper([], { whiteouts: ['x'] }), upper([])],
    ['empties a directory', upper([directory('d')], { opaque: ['d'] }), upper([directory('d')])],
    [
      'takes a directory away that the other has anew',
      upper([directory('d')], { whiteouts: ['d'] }),
      upper([directory('d')]),
    ],
    ['leaves noise where the other may have a file', upper([file('noise/x', '1')]), upper([])],
    ['gives a directory another mode', upper([directory('d', { mode: 0o700 })]), upper([directory('d')])],
    ['gives a folder of noise another mode', upper([directory('noise', { mode: 0o700 })]), upper([directory('noise')])],
  ])('it can not be told where only one %s', (_, before, after) => {
    expect(verdict(before, after)).toBe('?');
    expect(verdict(after, before)).toBe('?');
  });

  it('it can not be told where a rule asks for a path below', () => {
    const curious = treeRule('curious', (_, tree) => (tree.get('usr/bin/tool') ? 'drop' : 'keep'));
    const compare = (before: StackedLayer[], after: StackedLayer[]) =>
      compareAbove({ layers: before, unread: [] }, { layers: after, unread: [] }, [curious], noBase);
    expect(compare(upper([file('x', '1')]), upper([file('x', '2')]))).toBeUndefined();
    expect(compare(upper([file('usr/bin/tool')]), upper([file('usr/bin/tool')]))).toBeDefined();
  });

  it('it can not be told where a rule asks what else is in a folder, some of which may be below', () => {
    const curious = treeRule('curious', (_, tree) => ([...tree.startingWith('app/log-')].length > 1 ? 'drop' : 'keep'));
    const compare = (hides: Hides) => {
      const [layers, unread] = [upper([directory('app'), file('app/log-1')], hides), []];
      return compareAbove({ layers, unread }, { layers, unread }, [curious], noBase);
    };
    expect(compare({})).toBeUndefined();
    expect(compare({ opaque: ['app'] })).toBeDefined();
  });

  it.each<[string, string, TreeLayer, string]>([
    ['logs', 'what a COPY below may have brought', { ...layerAt(0, 'copy') }, '?'],
    ['logs', 'what a COPY below to its folder may have brought', { ...layerAt(0, 'copy'), copiedTo: 'logs' }, '?'],
    ['logs', 'what a COPY below brought to another folder', { ...layerAt(0, 'copy'), copiedTo: 'log' }, 'same'],
    ['logs', 'what was imported', layerAt(0, 'unknown'), 'same'],
    ['noise', 'what was imported, of which the rule can not be sure', layerAt(0, 'unknown'), '?'],
    ['noise', 'what a RUN below left', layerAt(0, 'run'), 'same'],
  ])('noise in %s, in the place of %s, is settled or not', (folder, _, unread, expected) => {
    expect(verdict(upper([file(`${folder}/x`, '1')]), upper([file(`${folder}/x`, '2')]), [unread])).toBe(expected);
  });

  it('what is told is what the whole images would say', () => {
    const anyPath = fc
      .array(fc.constantFrom('a', 'b', 'noise', 'logs'), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join('/'));
    // One that all layers have is where most can go wrong.
    const path = fc.oneof(anyPath, fc.constantFrom('noise/a', 'logs/a'));
    const entry = fc.oneof(
      fc.tuple(path, fc.constantFrom('1', '2')).map(([name, text]) => file(name, text)),
      fc.tuple(path, fc.constantFrom(0o755, 0o700)).map(([name, mode]) => directory(name, { mode })),
    );
    /** As an index has them: nothing lies below a file of the same layer. */
    const aboveFiles = (entries: LayerEntry[]) =>
      entries.filter(({ path }) => !entries.some((e) => e.type === 'file' && path.startsWith(`${e.path}/`)));
    const layer = fc.record({
      entries: fc.uniqueArray(entry, { selector: (e) => e.path, maxLength: 4 }).map(aboveFiles),
      whiteouts: fc.uniqueArray(path, { maxLength: 1 }),
      opaque: fc.uniqueArray(path, { maxLength: 1 }),
    });
    const side = fc.array(layer, { maxLength: 2 });
    const base = fc
      .tuple(layer, fc.constantFrom('run', 'copy', 'unknown'), fc.constantFrom('a', 'noise', '', undefined))
      .map(([{ entries, ...hides }, origin, copiedTo]) => {
        const made = { ...layerAt(0, origin), ...(origin === 'copy' && copiedTo !== undefined && { copiedTo }) };
        const isCopied = ({ path: copied }: LayerEntry) =>
          !copiedTo || copied === copiedTo || copied.startsWith(`${copiedTo}/`);
        return stacked(made, origin === 'copy' ? entries.filter(isCopied) : entries, hides);
      });
    const pair = fc
      .tuple(side, side)
      .chain(([a, b]) => fc.constantFrom([a, b] as const, [a, [...a, ...b]] as const, [a, a] as const));
    let told = 0;
    fc.assert(
      fc.property(base, pair, (lower, [a, b]) => {
        const [before, after] = [a, b].map((layers) =>
          layers.map(({ entries, ...hides }, at) => stacked(layerAt(at + 1, 'run'), entries, hides)),
        ) as [StackedLayer[], StackedLayer[]];
        const known = above(before, after, [lower.layer]);
        if (known === undefined) return;
        told += 1;
        const trees = [mergeLayers([lower, ...before]), mergeLayers([lower, ...after])] as const;
        const whole = compareWhole(...trees, rules);
        expect(known.changes.length > 0).toBe(whole.changes.length > 0);
        // Only the whole image tells of a directory that no layer lists but which something lies in, and who made a file first.
        const isDirectory = (subject: string) => trees.some((tree) => tree.get(subject.slice(1))?.type === 'directory');
        const files = ({ changes }: TreeComparison) =>
          changes.flatMap(({ category: _, ...change }) => (isDirectory(change.subject) ? [] : [change]));
        expect(files(known)).toEqual(files(whole));
      }),
      { numRuns: 3000 },
    );
    expect(told).toBeGreaterThan(300);
  });
});
