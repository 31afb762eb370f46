import type { Digest } from '@image-versions/oci';
import { describe, expect, it } from 'vitest';
import { configOf } from '../testing/literal-config.js';
import { digestOfText } from '../testing/literal-tree.js';
import { baseLayerCount, baseLayersOf } from './base-layers.js';

const ids = (...names: string[]): Digest[] => names.map(digestOfText);
const config = (diffIds: Digest[], ...lines: string[]) =>
  configOf({}, { diffIds, history: lines.map((createdBy) => ({ createdBy, emptyLayer: false })) });

describe('the base layers of an image', () => {
  it('are those of the base that the caller names, if the image begins with them', () => {
    const image = config(ids('1', '2', '3'), 'RUN a', 'RUN b', 'COPY c /c');
    expect(baseLayerCount(image, ids('1', '2'))).toBe(2);
    expect(baseLayerCount(image, ids('1', 'x'))).toBe(0);
  });

  it.each([
    ['an imported root file system', ['', 'COPY a /a'], 1],
    ['a root file system that was added', ['/bin/sh -c #(nop) ADD file:123 in / ', 'RUN a'], 1],
    ['one that BuildKit added', ['ADD rootfs.tar.gz / # buildkit', 'RUN a'], 1],
  ] as const)('are %s', (_, lines, count) => {
    expect(baseLayerCount(config(ids(...lines), ...lines))).toBe(count);
  });

  it('are none where nothing tells', () => {
    expect(baseLayerCount(config(ids('1', '2'), 'COPY a /a', 'RUN a'))).toBe(0);
    expect(baseLayerCount(config(ids('1', '2')))).toBe(0);
    expect(baseLayerCount(config(ids('1'), 'ADD app.tar / # buildkit'))).toBe(0);
  });

  it('are counted from the top where only the base of the other image is known', () => {
    const before = config(ids('1', '2', 'c'), 'RUN a', 'RUN b', 'COPY c /c');
    const after = config(ids('9', 'c'), 'RUN x', 'COPY c /c');
    expect(baseLayersOf(before, after, { after: ids('9') })).toEqual({ before: 2, after: 1 });
    const other = config(ids('1', '2', 'c'), 'RUN a', 'RUN b', 'RUN c');
    expect(baseLayersOf(other, after, { after: ids('9') })).toEqual({ before: 0, after: 1 });
  });
});
