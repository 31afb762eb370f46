import { expect, test } from 'vitest';
import type { EngineHistoryEntry } from './engine.js';
import { resolveHistory } from './engine-history.js';

const step = (createdBy: string, sizeBytes: number, more: Partial<EngineHistoryEntry> = {}): EngineHistoryEntry => ({
  id: undefined,
  created: '2026-01-01T00:00:00.000Z',
  createdBy,
  comment: '',
  sizeBytes,
  ...more,
});
const buildKit = (createdBy: string, sizeBytes: number) =>
  step(createdBy, sizeBytes, { comment: 'buildkit.dockerfile.v0' });
const noImages = async () => undefined;
const layersIn = async (...args: Parameters<typeof resolveHistory>) =>
  (await resolveHistory(...args))?.map((entry) => !entry.emptyLayer);

test('a step with a size made a layer, one that only sets the config did not', async () => {
  const entries = [step('', 10), step('/bin/sh -c #(nop)  ENV A=b', 0), step('/bin/sh -c touch a', 3)];
  expect(await layersIn(entries, 2, noImages)).toEqual([true, false, true]);
});

test('a layer of size 0 is told by the number of layers', async () => {
  const entries = [step('', 10), step('/bin/sh -c #(nop) WORKDIR /w', 0), step('/bin/sh -c #(nop)  CMD ["a"]', 0)];
  expect(await layersIn(entries, 2, noImages)).toEqual([true, true, false]);
  expect(await layersIn(entries, 1, noImages)).toEqual([true, false, false]);
});

test('with BuildKit a RUN that changed nothing is a layer', async () => {
  const entries = [buildKit('RUN /bin/sh -c true # buildkit', 0), buildKit('WORKDIR /', 0), buildKit('CMD ["a"]', 0)];
  expect(await layersIn(entries, 1, noImages)).toEqual([true, false, false]);
});

test('steps of size 0 that could each be the layer are told by the images that they made', async () => {
  const entries = [
    step('', 10, { id: 'sha256:base' }),
    step('/bin/sh -c true', 0, { id: 'sha256:one' }),
    step('/bin/sh -c rm a', 0, { id: 'sha256:two' }),
  ];
  const counts: Record<string, number> = { 'sha256:base': 1, 'sha256:one': 1, 'sha256:two': 2 };
  expect(await layersIn(entries, 2, async (id) => counts[id])).toEqual([true, false, true]);
});

test('where nothing tells, nothing is guessed', async () => {
  const entries = [step('', 10), step('/bin/sh -c true', 0), step('/bin/sh -c rm a', 0)];
  expect(await resolveHistory(entries, 2, noImages)).toBeUndefined();
});

test('a number of layers that does not fit is not made to fit', async () => {
  expect(await resolveHistory([step('', 10)], 2, noImages)).toBeUndefined();
  expect(await resolveHistory([], 1, noImages)).toBeUndefined();
});
