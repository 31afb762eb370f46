import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import { configOf } from '../testing/literal-config.js';
import { ruleSetOf, treeRule } from '../testing/literal-rules.js';
import { digestOfText, file, layerAt, treeFrom } from '../testing/literal-tree.js';
import { fingerprint, publishedFingerprint, readPublished } from './fingerprint.js';
import { normalizePolicy } from './policy.js';

const random = treeRule('random', ({ path }) => (path.startsWith('r') ? { path: `${path.split('.')[1]}` } : 'keep'));
const policy = normalizePolicy({}, ruleSetOf([random]));
const printOf = (files: Readonly<Record<string, string>>, config = configOf()) => {
  const entries = Object.entries(files).map(([name, text]) => file(name, text));
  return fingerprint(treeFrom(entries, layerAt(0, 'run')), config, policy);
};

describe('the fingerprint', () => {
  it('is the same whatever random names files have', () => {
    expect(printOf({ 'r1.x': '1', 'r2.x': '2', 'r3.y': '3' })).toBe(printOf({ 'r1.y': '3', 'r2.x': '2', 'r3.x': '1' }));
    expect(printOf({ 'r1.x': '1' })).not.toBe(printOf({ 'r1.x': '2' }));
  });

  it.each([{ uid: 1 }, { gid: 1 }, { mode: 0o600 }, { xattrs: { a: '00' } }, { device: { major: 1, minor: 5 } }])(
    'of a device differs with %j',
    (other) => {
      const { size, path } = file('dev/null');
      const device = { path, size, type: 'char-device', mode: 0o666, uid: 0, gid: 0, device: { major: 1, minor: 3 } };
      const print = (entry: object) =>
        fingerprint(treeFrom([{ ...device, ...entry } as LayerEntry], layerAt(0, 'run')), configOf(), policy);
      expect(print(other)).not.toBe(print({}));
    },
  );

  it('is the same whatever the order of labels', () => {
    const [before, after] = [configOf({ labels: { a: '1', b: '2' } }), configOf({ labels: { b: '2', a: '1' } })];
    expect(printOf({}, before)).toBe(printOf({}, after));
  });
});

describe('a published fingerprint', () => {
  const config = configOf({}, { diffIds: [digestOfText('layer')] });
  const print = printOf({ a: '1' }, config);
  const published = publishedFingerprint(print, config);

  it('is read back for the layers that it was made of', () => {
    expect(readPublished(published, config, policy)).toBe(print);
    const other = configOf({}, { diffIds: [...config.diffIds, digestOfText('another')] });
    expect(readPublished(published, other, policy)).toBeUndefined();
  });

  it('is not read under another policy, nor without its layers, nor in another form', () => {
    const strict = normalizePolicy({ profile: 'strict' }, ruleSetOf([random]));
    expect(readPublished(published, config, strict)).toBeUndefined();
    const layers = published.slice(print.length);
    const version = print.slice(0, print.indexOf(':'));
    for (const text of ['', print, layers, `${version}:x${layers}`, `x${published}`, `${print}0${layers}`]) {
      expect(readPublished(text, config, policy)).toBeUndefined();
    }
  });
});
