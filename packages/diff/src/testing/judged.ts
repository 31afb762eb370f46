import type { LayerEntry } from '../layer/entry.js';
import type { TreeRule } from '../noise/rule.js';
import type { LayerOrigin, TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { file, layerAt } from './literal-tree.js';

/** What a rule says of one entry that is alone in its tree: a file of mode 0644 unless `extra` says another. */
export function judged(
  rule: TreeRule,
  path: string,
  origin: LayerOrigin = 'run',
  extra: Partial<LayerEntry> = {},
): ReturnType<TreeRule['judge']> {
  const entry: TreeEntry = { ...file(path, 'x', extra), layer: layerAt(1, origin) };
  return rule.judge(entry, treeOf([entry]));
}
