import { expect, test } from 'vitest';
import { Counterparts, type Side } from './counterparts.js';
import type { LayerEntry } from './entry.js';
import { EntryPool } from './entry-pool.js';
import { FileInspector } from './file-inspector.js';

/** Upper case as the normal form of `*.txt`; counts how often it was shown a file. */
function counting(fails = false) {
  const shown: string[] = [];
  const normalizer = {
    name: 'upper',
    matches: ({ path }: { path: string }) => path.endsWith('.txt'),
    normalize: (content: Uint8Array, { path }: { path: string }) => {
      shown.push(path);
      if (fails) throw new Error('not understood');
      return { rule: 'upper', digest: `sha256:${Buffer.from(content).toString().toUpperCase()}` as const };
    },
  };
  const pool = new EntryPool();
  const counterparts = new Counterparts();
  const inspectors = { version: '1', normalizers: [normalizer], packageReaders: [] };
  const inspectorOf = (side?: Side) =>
    new FileInspector(inspectors, pool, side === undefined ? 'whole' : { side, counterparts });
  const inspect = (path: string, text: string, { mode = 0o644, side }: { mode?: number; side?: Side } = {}) => {
    const bytes = Buffer.from(text);
    const file = { path, mode, size: bytes.byteLength, head: bytes.subarray(0, 512) };
    const inspector = inspectorOf(side);
    let kept: LayerEntry | undefined;
    inspector.inspect(file, bytes, inspector.wants(file), (content) => {
      kept = pool.keep({ path, type: 'file', mode, uid: 0, gid: 0, size: bytes.byteLength, ...content });
      return kept;
    });
    bytes.fill(0);
    return kept as LayerEntry;
  };
  return { shown, inspect, counterparts };
}

test('the same file of another image is not shown again, and has the same content', () => {
  const { shown, inspect } = counting();
  const first = inspect('a.txt', 'hello');
  expect(inspect('a.txt', 'hello')).toEqual(first);
  expect(first.normal?.digest).toBe('sha256:HELLO');
  expect(shown).toEqual(['a.txt']);
});

test('another content, path or mode is another file, since an inspector may go by each', () => {
  const { shown, inspect } = counting();
  inspect('a.txt', 'hello');
  expect(inspect('a.txt', 'hallo').normal?.digest).toBe('sha256:HALLO');
  inspect('b.txt', 'hello');
  inspect('b.txt', 'hello', { mode: 0o755 });
  expect(shown).toEqual(['a.txt', 'a.txt', 'b.txt', 'b.txt']);
});

test('a file that was not understood is not shown again', () => {
  const { shown, inspect } = counting(true);
  expect(inspect('a.txt', 'hello').normal).toBeUndefined();
  expect(inspect('a.txt', 'hello').normal).toBeUndefined();
  expect(shown).toHaveLength(1);
});

test('a file that nobody wants has its digest alone', () => {
  const { shown, inspect } = counting();
  const { digest, isPlain, normal } = inspect('a.bin', 'hello');
  expect({ digest, isPlain, normal }).toEqual({ digest: expect.stringMatching(/^sha256:2cf24dba/) });
  expect(shown).toEqual([]);
});

test('of two images that are read at the same time, a file that both have is not shown at all, and plain', () => {
  const { shown, inspect, counterparts } = counting();
  const before = inspect('a.txt', 'hello', { side: 'before' });
  const after = inspect('a.txt', 'hello', { side: 'after' });
  counterparts.end('before');
  counterparts.end('after');
  expect(shown).toEqual([]);
  for (const { isPlain, normal } of [before, after]) expect({ isPlain, normal }).toEqual({ isPlain: true });
});

test.each<[string, Parameters<ReturnType<typeof counting>['inspect']>]>([
  ['content', ['a.txt', 'other', { side: 'after' }]],
  ['mode', ['a.txt', 'hello', { side: 'after', mode: 0o755 }]],
  ['side', ['a.txt', 'hello', { side: 'before' }]],
  ['path', ['b.txt', 'hello', { side: 'after' }]],
])('but one that differs in %s is, and so is its counterpart', (_, other) => {
  const { inspect, counterparts } = counting();
  const before = inspect('a.txt', 'hello', { side: 'before' });
  const after = inspect(...other);
  counterparts.end('after');
  counterparts.end('before');
  expect(before).toMatchObject({ isPlain: undefined, normal: { digest: 'sha256:HELLO' } });
  expect(after).toMatchObject({ normal: { digest: `sha256:${other[1].toUpperCase()}` } });
  expect(after.isPlain).toBeUndefined();
});

test('a plain file is shown where all are wanted', () => {
  const { shown, inspect } = counting();
  inspect('a.txt', 'hello', { side: 'before' });
  inspect('a.txt', 'hello', { side: 'after' });
  expect(inspect('a.txt', 'hello')).toMatchObject({ normal: { digest: 'sha256:HELLO' } });
  expect(shown).toEqual(['a.txt']);
});
