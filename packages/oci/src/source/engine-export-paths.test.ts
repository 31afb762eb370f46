import { expect, test } from 'vitest';
import { exportPaths } from './engine-export-paths.js';

/** Of an export by Docker 20.10.24. */
const base = 'sha256:c2f43c2b9f1dad78ce0ce0459aa7dbeb7294b225a12cbd2faae833909d5b50cc';
const basePath = '7eb811581b6a02aa6ad182f60edebebfd6684337d2f48b23519f7a5960ba9034/layer.tar';
const top = `sha256:${'1'.repeat(64)}` as const;

test('a layer of an export before Docker 25 is found by the ID that Docker gives it', () => {
  expect(exportPaths([base, top]).get(basePath)).toBe(base);
});

test('the ID of the uppermost layer is not known', () => {
  expect([...exportPaths([base]).keys()]).toEqual([`blobs/sha256/${base.slice(7)}`]);
});

test('since Docker 25 every layer lies under its diffId', () => {
  expect(exportPaths([base, top]).get(`blobs/sha256/${'1'.repeat(64)}`)).toBe(top);
});
