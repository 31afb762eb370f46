import { describe, expect, it } from 'vitest';
import { directory, file, layerAt, symlink } from '../testing/literal-tree.js';
import type { TreeEntry } from '../tree/tree.js';
import { treeOf } from '../tree/tree-columns.js';
import { leftBehind } from './left-behind.js';
import { toolHistories } from './tool-histories.js';

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

  describe('by a RUN that only copies, fetches and unpacks', () => {
    const layerOf = (index: number, command: string) => ({
      ...layerAt(index, 'run'),
      history: { createdBy: `RUN /bin/sh -c ${command} # buildkit`, emptyLayer: false },
    });
    const unpacked = layerOf(1, 'wget -qO- http://x/v.tar | tar -x -C / -f -');
    const owned = layerOf(2, 'chown -R 1000 /app');
    const judge = (entry: TreeEntry) => rule.judge(entry, treeOf([entry]));

    it('is nothing: what it put there counts as what a Dockerfile copies', () => {
      expect(judge({ ...file('app/cache/model.bin', 'x'), layer: unpacked })).toBe('keep');
      expect(judge({ ...file('app/cache/model.bin', 'x'), layer: owned, madeIn: unpacked })).toBe('keep');
    });

    it('is what a tool had left, which that RUN gave to somebody', () => {
      const left = layerOf(1, 'apk add curl && curl -fs https://x | tar x -C /');
      expect(judge({ ...file('app/cache/index', 'x'), layer: left })).toBe('drop');
      const copies = layerOf(2, 'chown -R 1000 /app && cp /a /b');
      expect(judge({ ...file('app/cache/index', 'x'), layer: copies, madeIn: left })).toBe('drop');
    });

    it('is a folder, and what wget itself notes', () => {
      expect(judge({ ...directory('app/cache'), layer: unpacked })).toBe('drop');
      const history = { ...file('root/.wget-hsts', 'x'), layer: unpacked };
      expect(toolHistories.judge(history, treeOf([history]))).toBe('drop');
    });
  });
});
