import { isLeftBehind, isOrdinaryFile } from './left-behind.js';
import type { TreeRule } from './rule.js';

const PACK = /^((?:.+\/)?objects\/pack\/)(pack-[0-9a-f]{40})\.(idx|pack|rev|bitmap)$/;
const LIST = /(?:^|\/)objects\/info\/packs$/;

/** Packs of git's objects, by the objects that their indexes list. */
export const gitPacks: TreeRule = {
  kind: 'tree',
  name: 'git-packs',
  reason:
    'git packs the same objects into other bytes each time, under the sum of these; an object is named by the sum of its content, and the index lists these names.',
  example:
    '.git/objects/pack/pack-18348….pack became pack-8ab97….pack; hidden where their .idx list the same objects. One object more, less or other, a pack without its .idx, or one that a Dockerfile copies, is not.',
  default: true,
  judge: (entry, tree) => {
    if (!isLeftBehind(entry, 'run') || !isOrdinaryFile(entry) || entry.type === 'symlink') return 'keep';
    if (LIST.test(entry.path)) return 'drop';
    const [, folder, name, kind] = PACK.exec(entry.path) ?? [];
    if (folder === undefined || name === undefined) return 'keep';
    if (kind === 'idx') return { path: `${folder}(pack).idx` };
    const index = tree.get(`${folder}${name}.idx`);
    const isIndexed = index?.normal !== undefined && isLeftBehind(index, 'run') && isOrdinaryFile(index);
    return isIndexed ? 'drop' : 'keep';
  },
};
