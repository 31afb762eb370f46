import { describe, expect, it } from 'vitest';
import { directory, type file, layerAt, symlink } from '../testing/literal-tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { leftBehind } from './left-behind.js';

const rule = leftBehind({
  name: 'caches',
  reason: '',
  example: '',
  certainty: 'run',
  files: /^app\/cache\/.+$/,
  folders: /^app\/cache(?:\/.+)?$/,
});
const layer = layerAt(1, 'run');

/** What the rule says of the last of these entries. */
function judgedLast(...entries: ReturnType<typeof file>[]) {
  const placed = entries.map((entry) => ({ ...entry, layer }));
  return rule.judge(placed.at(-1) as (typeof placed)[number], treeOf(placed));
}

describe('what a tool leaves behind', () => {
  it('is a link within its folders, wherever in them', () => {
    expect(judgedLast(symlink('app/cache/x/current', '../archive/1'))).toBe('drop');
    expect(judgedLast(symlink('app/cache/current', '/app/cache/archive/1'))).toBe('drop');
  });

  it('is no link that leads out of them', () => {
    expect(judgedLast(symlink('app/cache/current', '../code'))).toBe('keep');
    expect(judgedLast(symlink('app/cache/out.txt', '/dev/stdout'))).toBe('keep');
  });

  it('is a folder of whoever owns the one around it', () => {
    expect(judgedLast(directory('app'), directory('app/cache'))).toBe('drop');
    expect(judgedLast(directory('app', { uid: 1000 }), directory('app/cache', { uid: 1000 }))).toBe('drop');
    expect(judgedLast(directory('app/cache'))).toBe('drop');
  });

  it('is no folder of another owner, who could not make it there, or whom it keeps out', () => {
    expect(judgedLast(directory('app'), directory('app/cache', { uid: 1000 }))).toBe('keep');
    expect(judgedLast(directory('app', { uid: 1000 }), directory('app/cache'))).toBe('keep');
  });
});
