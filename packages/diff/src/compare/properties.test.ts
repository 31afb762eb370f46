import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import type { TreeRule } from '../noise/rule.js';
import { compareWhole } from '../testing/compare-whole.js';
import { configOf } from '../testing/literal-config.js';
import { droppedBelow, ruleSetOf, treeRule } from '../testing/literal-rules.js';
import { digestOfText, directory, file, layerAt, symlink, treeFrom } from '../testing/literal-tree.js';
import { compareConfigs } from './config.js';
import { fingerprint } from './fingerprint.js';
import { normalizePolicy } from './policy.js';

const rules: TreeRule[] = [
  droppedBelow('noise', 'noise'),
  treeRule('random', ({ path }) => (/^r\d/.test(path) ? { path: path.replace(/^r\d/, 'r*') } : 'keep')),
  treeRule('key', ({ path }) => (path.endsWith('.key') ? 'blank' : 'keep')),
];
const policy = normalizePolicy({}, ruleSetOf(rules));
const layer = layerAt(1, 'run');

const path = fc
  .tuple(fc.constantFrom('app', 'noise', 'r1', 'r2', 'etc'), fc.constantFrom('', '/a', '/b', '/a/x'))
  .map((parts) => parts.join(''));
const text = fc.constantFrom('', '1', '2', 'Noise 1', 'Noise 2');
/** Files of which a rule says that only their first letter counts. */
const normalized = (name: string, content: string): LayerEntry =>
  file(name, content, content === '' ? {} : { normal: { rule: 'first', digest: digestOfText(content.charAt(0)) } });
const entry: fc.Arbitrary<LayerEntry> = fc.oneof(
  fc.tuple(path, text).map(([name, content]) => file(name, content)),
  fc.tuple(path, text).map(([name, content]) => normalized(`${name}.n`, content)),
  fc.tuple(path, text).map(([name, content]) => file(`${name}.key`, content)),
  fc.tuple(path, fc.constantFrom(0o755, 0o700)).map(([name, mode]) => directory(name, { mode })),
  fc.tuple(path, text).map(([name, target]) => symlink(name, target)),
);
const entries = fc.uniqueArray(entry, { selector: (e) => e.path, maxLength: 8 });
const tree = (of: readonly LayerEntry[]) => treeFrom(of, layer);
const env = fc.uniqueArray(fc.constantFrom('A=1', 'A=2', 'B=1'), { maxLength: 2 });

const isSame = (a: readonly LayerEntry[], b: readonly LayerEntry[]) =>
  compareWhole(tree(a), tree(b), rules).changes.length === 0;

describe('comparing', () => {
  it('finds an image the same as itself', () => {
    fc.assert(fc.property(entries, (of) => isSame(of, of)));
  });

  it('is symmetric', () => {
    const opposite = { added: 'removed', removed: 'added', modified: 'modified' } as const;
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const there = compareWhole(tree(a), tree(b), rules);
        const back = compareWhole(tree(b), tree(a), rules);
        expect(back.changes.map(({ action }) => action).sort()).toEqual(
          there.changes.map((c) => opposite[c.action]).sort(),
        );
        expect(back.noise.map(({ rule, count }) => [rule, count])).toEqual(
          there.noise.map(({ rule, count }) => [rule, count]),
        );
      }),
    );
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(entries, entries, entries, (a, b, c) => !isSame(a, b) || !isSame(b, c) || isSame(a, c)),
      { numRuns: 500 },
    );
  });

  it('says the same exactly where the fingerprints are equal', () => {
    const pair = fc.tuple(entries, entries).chain(([a, b]) => fc.constantFrom([a, b] as const, [a, [...a]] as const));
    fc.assert(
      fc.property(pair, env, env, ([a, b], envA, envB) => {
        const [before, after] = [configOf({ env: envA }), configOf({ env: envB })];
        const same = isSame(a, b) && compareConfigs(before, after, policy.ignoredLabels).changes.length === 0;
        const prints = [fingerprint(tree(a), before, policy), fingerprint(tree(b), after, policy)];
        expect(prints[0] === prints[1]).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  it('finds any single change of an entry that no rule is about', () => {
    const mutation = fc.constantFrom<(e: LayerEntry) => LayerEntry[]>(
      () => [],
      (e) => [{ ...e, mode: e.mode ^ 0o001 }],
      (e) => [{ ...e, uid: e.uid + 1 }],
      (e) => [{ ...e, gid: e.gid + 1 }],
      (e) => [{ ...e, xattrs: { 'user.x': '00' } }],
      (e) => [e, file(`${e.path}~`)],
      (e) => [e.type === 'file' ? { ...e, digest: digestOfText('other'), normal: undefined } : file(e.path)],
      (e) => [{ ...e, path: `${e.path}-moved` }],
    );
    const isOutside = (e: LayerEntry) => /^(?:app|etc)/.test(e.path) && !e.path.endsWith('.key');
    const outside = entries.filter((of) => of.some(isOutside));
    fc.assert(
      fc.property(outside, mutation, fc.nat(), (of, mutate, at) => {
        const reachable = of.filter((e) => isOutside(e) && e.type !== 'symlink');
        fc.pre(reachable.length > 0);
        const chosen = reachable[at % reachable.length];
        const mutated = of.flatMap((e) => (e === chosen ? mutate(e) : [e]));
        expect(isSame(of, mutated)).toBe(false);
        expect(fingerprint(tree(of), configOf(), policy)).not.toBe(fingerprint(tree(mutated), configOf(), policy));
      }),
      { numRuns: 500 },
    );
  });
});
