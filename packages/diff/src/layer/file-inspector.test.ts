import { expect, test } from 'vitest';
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
  const inspector = new FileInspector({ version: '1', normalizers: [normalizer], packageReaders: [] });
  const inspect = (path: string, text: string, mode = 0o644) => {
    const bytes = Buffer.from(text);
    const file = { path, mode, size: bytes.byteLength, head: bytes.subarray(0, 512) };
    return inspector.inspect(file, bytes, inspector.wants(file));
  };
  return { shown, inspect };
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
  inspect('a.txt', 'hello', 0o755);
  expect(shown).toEqual(['a.txt', 'a.txt', 'b.txt', 'a.txt']);
});

test('a file that was not understood is not shown again', () => {
  const { shown, inspect } = counting(true);
  expect(inspect('a.txt', 'hello').normal).toBeUndefined();
  expect(inspect('a.txt', 'hello').normal).toBeUndefined();
  expect(shown).toHaveLength(1);
});

test('a file that nobody wants has its digest alone', () => {
  const { shown, inspect } = counting();
  expect(inspect('a.bin', 'hello')).toEqual({ digest: expect.stringMatching(/^sha256:2cf24dba/) });
  expect(shown).toEqual([]);
});
