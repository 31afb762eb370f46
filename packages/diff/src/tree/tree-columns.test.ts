import { expect, it } from 'vitest';
import { file, treeFrom } from '../testing/literal-tree.js';

it('a tree gives the entries that start with a text, in their order', () => {
  const tree = treeFrom(['a', 'a/b-2', 'a/b-1', 'a/b', 'a/c', 'b-3'].map((path) => file(path)));
  const paths = (text: string) => [...tree.startingWith(text)].map(({ path }) => path);
  expect(paths('a/b-')).toEqual(['a/b-1', 'a/b-2']);
  expect(paths('a/b')).toEqual(['a/b', 'a/b-1', 'a/b-2']);
  expect(paths('a/d')).toEqual([]);
  expect(paths('c')).toEqual([]);
  expect(paths('')).toHaveLength(6);
});
