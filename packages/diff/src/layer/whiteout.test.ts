import { expect, it } from 'vitest';
import { markerOf } from './whiteout.js';

it.each([
  ['.wh.a', { kind: 'whiteout', path: 'a' }],
  ['d/.wh.a', { kind: 'whiteout', path: 'd/a' }],
  ['d.wh.d/.wh.a.wh.b', { kind: 'whiteout', path: 'd.wh.d/a.wh.b' }],
  ['.wh..wh..opq', { kind: 'opaque', path: '' }],
  ['d/.wh..wh..opq', { kind: 'opaque', path: 'd' }],
  ['.wh..wh.aufs', { kind: 'bookkeeping' }],
  ['.wh..wh.plnk/1.2', { kind: 'bookkeeping' }],
  ['d/.wh..wh.orph', { kind: 'bookkeeping' }],
])('%s is a marker: %j', (path, marker) => {
  expect(markerOf(path)).toEqual(marker);
});

it.each(['', 'a', 'a.wh.b', 'd/a.wh.b', 'd/a.wh..wh..opq', '.wh', '.wh.d/a', 'd/.wh.d/a.txt'])(
  '%j is an ordinary path',
  (path) => {
    expect(markerOf(path)).toBeUndefined();
  },
);
