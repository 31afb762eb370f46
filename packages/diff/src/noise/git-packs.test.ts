import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.js';
import { judged } from '../testing/judged.js';
import { file, layerAt } from '../testing/literal-tree.js';
import type { LayerOrigin, TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { gitPacks } from './git-packs.js';

const FOLDER = 'src/.git/objects/pack/';
const NAME = 'pack-18348cbff47d48d25a0597cf9e5981e8432a74c6';
const NORMAL = { rule: 'git-pack-index', digest: `sha256:${'0'.repeat(64)}` } as const;

function entry(path: string, origin: LayerOrigin = 'run', extra: Partial<LayerEntry> = {}): TreeEntry {
  return { ...file(path, 'x', extra), layer: layerAt(1, origin) };
}

function judgedBeside(kind: string, index: TreeEntry, origin: LayerOrigin = 'run') {
  const pack = entry(`${FOLDER}${NAME}.${kind}`, origin);
  return gitPacks.judge(pack, treeOf([pack, index]));
}

const INDEX = entry(`${FOLDER}${NAME}.idx`, 'run', { normal: NORMAL });

describe('git-packs', () => {
  it('gives the indexes of all packs one name', () => {
    expect(judged(gitPacks, `${FOLDER}${NAME}.idx`)).toEqual({ path: `${FOLDER}(pack).idx` });
    expect(judged(gitPacks, `m.git/objects/pack/${NAME}.idx`)).toEqual({ path: 'm.git/objects/pack/(pack).idx' });
  });

  it.each(['pack', 'rev', 'bitmap'])('drops a .%s whose index could be read', (kind) => {
    expect(judgedBeside(kind, INDEX)).toBe('drop');
  });

  it('keeps a pack without an index, or with one that is none or was copied', () => {
    expect(judged(gitPacks, `${FOLDER}${NAME}.pack`)).toBe('keep');
    expect(judgedBeside('pack', entry(`${FOLDER}${NAME}.idx`))).toBe('keep');
    expect(judgedBeside('pack', entry(`${FOLDER}${NAME}.idx`, 'copy', { normal: NORMAL }))).toBe('keep');
  });

  it('keeps what a Dockerfile copied there, and what is in a layer of unknown origin', () => {
    expect(judgedBeside('pack', INDEX, 'copy')).toBe('keep');
    expect(judgedBeside('pack', INDEX, 'unknown')).toBe('keep');
    expect(judged(gitPacks, `${FOLDER}${NAME}.idx`, 'copy')).toBe('keep');
  });

  it('drops the list of the names of packs, and keeps other files there', () => {
    expect(judged(gitPacks, 'src/.git/objects/info/packs')).toBe('drop');
    expect(judged(gitPacks, 'src/.git/objects/info/alternates')).toBe('keep');
    expect(judged(gitPacks, 'src/.git/objects/pack/pack-1.idx')).toBe('keep');
    expect(judged(gitPacks, `${FOLDER}${NAME}.keep`)).toBe('keep');
  });
});
