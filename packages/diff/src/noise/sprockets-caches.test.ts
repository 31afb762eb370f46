import { describe, expect, it } from 'vitest';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import type { TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { sprocketsCaches as rule } from './sprockets-caches.js';

const CACHED = 'rails/tmp/cache/assets/sprockets/v3.0/66/660E9VHY2TY15S65k2PETNed68ssgA93rttJ.cache';
const [ONE, OTHER] = ['5a5e6b3f857d5db6728eabdf0bfb4b9f', '6bc58ed0f7d565ba2978f75994c09f87'] as const;
const manifest = (name: string) => `rails/public/assets/.sprockets-manifest-${name}.json`;

describe('sprockets-caches', () => {
  it('drops what a RUN left in the cache, and nothing that a Dockerfile copied there', () => {
    expect(judged(rule, CACHED)).toBe('drop');
    expect(judged(rule, CACHED, 'copy')).toBe('keep');
    expect(judged(rule, CACHED, 'unknown')).toBe('keep');
    expect(judged(rule, 'rails/tmp/cache/data/x')).toBe('keep');
    expect(judged(rule, 'rails/public/assets/application-bf25.js')).toBe('keep');
  });

  it.each(['run', 'copy', 'unknown'] as const)('gives the manifest one name, as %s', (origin) => {
    const constant = { path: 'rails/public/assets/.sprockets-manifest-(random).json' };
    expect(judged(rule, manifest(ONE), origin)).toEqual(constant);
    expect(judged(rule, manifest(OTHER), origin)).toEqual(constant);
    expect(judged(rule, manifest('main'), origin)).toBe('keep');
  });

  it('keeps the names of two in one folder, of which the first is used', () => {
    const [first, second] = [ONE, OTHER].map((name) => ({ ...file(manifest(name)), layer: layerAt(1, 'run') }));
    const tree = treeOf([first as TreeEntry, second as TreeEntry]);
    expect(rule.judge(first as TreeEntry, tree)).toBe('keep');
    expect(rule.judge(second as TreeEntry, tree)).toBe('keep');
  });

  it('says nothing where many files beside it are named so', () => {
    const named = { ...file(manifest(ONE)), layer: layerAt(1, 'run') } as TreeEntry;
    const others = Array.from(
      { length: 100 },
      (_, at) => ({ ...file(`rails/public/assets/.sprockets-manifest-0${at}`), layer: layerAt(1, 'run') }) as TreeEntry,
    );
    expect(rule.judge(named, treeOf([named, ...others]))).toBe('keep');
  });

  it('knows a file beside it that is none', () => {
    const named = { ...file(manifest(ONE)), layer: layerAt(1, 'run') } as TreeEntry;
    const copy = { ...file(`${manifest(ONE)}.gz`), layer: layerAt(1, 'run') } as TreeEntry;
    expect(rule.judge(named, treeOf([named, copy]))).not.toBe('keep');
  });
});
