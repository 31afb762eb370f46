import { expect, it } from 'vitest';
import { digestOfText } from '../testing/literal-tree.js';
import { LayerStore } from './layer-store.js';

it('fails, and is not asked again, where no layer has the file whose normal form is wanted', async () => {
  const store = new LayerStore({ version: '1', normalizers: [], packageReaders: [] }, undefined, {});
  await expect(store.complete([], new Set([digestOfText('a')]))).rejects.toMatchObject({ code: 'failed' });
});
