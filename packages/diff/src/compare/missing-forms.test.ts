import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import { compareWhole } from '../testing/compare-whole.js';
import { treeRule } from '../testing/literal-rules.js';
import { digestOfText, file, hardlink, layerAt, stacked } from '../testing/literal-tree.js';
import { mergeLayers } from '../tree/merge.js';
import { compareTrees } from './compare-trees.js';

/** All `tmp` files are compared under one name. */
const rules = [treeRule('renamed', ({ path }) => (path.startsWith('tmp') ? { path: 'tmp' } : 'keep'))];
const noBase = { before: 0, after: 0 };

/** A file whose letter counts and whose number is noise; without a form where there is no number. */
const formed = (path: string, text: string): LayerEntry =>
  text.length < 2
    ? file(path, text)
    : file(path, text, { normal: { rule: 'form', digest: digestOfText(text.slice(0, 1)) } });
const plain = ({ normal: _, ...entry }: LayerEntry): LayerEntry =>
  entry.type === 'file' ? { ...entry, isPlain: true } : entry;

it('two images compared without normal forms in the layers that they share compare as with them, or it is open', () => {
  const path = fc.constantFrom('a', 'b', 'tmp1', 'tmp2', 'tmp3');
  const entry = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(path, fc.constantFrom('x', 'x1', 'x2', 'y1')).map(([p, text]) => formed(p, text)),
    },
    { weight: 1, arbitrary: fc.tuple(path, path).map(([p, target]) => hardlink(p, target)) },
  );
  const layer = fc.uniqueArray(entry, { selector: (e) => e.path, maxLength: 4 });
  const outcomes = { open: 0, same: 0, changed: 0 };
  fc.assert(
    fc.property(layer, layer, layer, (lower, a, b) => {
      const trees = (base: LayerEntry[]) =>
        [a, b].map((upper) => mergeLayers([stacked(layerAt(0), base), stacked(layerAt(1, 'run'), upper)])) as [
          ReturnType<typeof mergeLayers>,
          ReturnType<typeof mergeLayers>,
        ];
      const known = compareTrees(...trees(lower.map(plain)), rules, noBase);
      if ('missingForms' in known) {
        expect(known.missingForms.size).toBeGreaterThan(0);
        outcomes.open += 1;
        return;
      }
      const whole = compareWhole(...trees(lower), rules, noBase);
      outcomes[whole.changes.length > 0 ? 'changed' : 'same'] += 1;
      expect(known.changes.length).toBe(whole.changes.length);
    }),
    { numRuns: 5000 },
  );
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(100);
});
