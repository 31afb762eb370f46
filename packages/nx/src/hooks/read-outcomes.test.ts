import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { normalizePluginOptions } from '../options/plugin-options.js';
import { hasImageTasks, readOutcomes, type TaskResults } from './read-outcomes.js';

let root: string;
const { targets } = normalizePluginOptions({});

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-versions-outcomes-'));
  await mkdir(join(root, 'dist/image-versions'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const leave = (file: string, content: object) =>
  writeFile(join(root, 'dist/image-versions', file), JSON.stringify({ formatVersion: 1, ...content }));
const results = (...tasks: [project: string, target: string, status: string][]): TaskResults =>
  Object.fromEntries(
    tasks.map(([project, target, status]) => [
      `${project}:${target}`,
      { task: { target: { project, target } }, status },
    ]),
  );

describe('the outcomes of a run', () => {
  it('are the records of tasks that ended well, and which of them came from a cache', async () => {
    for (const project of ['a', 'b', 'c']) await leave(`${project}.json`, { project });
    const found = readOutcomes(
      root,
      results(
        ['a', 'publish-image', 'success'],
        ['b', 'publish-image', 'remote-cache'],
        ['c', 'publish-image', 'failure'],
        ['d', 'publish-image', 'skipped'],
      ),
      targets,
    );
    expect(found.records.map(({ project }) => project)).toEqual(['a', 'b']);
    expect([...found.restored]).toEqual(['b']);
    expect(found.errors).toEqual([]);
  });

  it('are those of pin and unpin of this run alone', async () => {
    await leave('a.pin.json', { project: 'a' });
    await leave('b.unpin.json', { project: 'b' });
    const pins = readOutcomes(root, results(['a', 'pin', 'success']), targets);
    expect(pins).toMatchObject({ pins: [{ project: 'a' }], unpins: [], errors: [] });
    const unpins = readOutcomes(root, results(['b', 'unpin', 'success']), targets);
    expect(unpins).toMatchObject({ pins: [], unpins: [{ project: 'b' }], errors: [] });
  });

  it('are an error where a record is missing, and the others count', async () => {
    await leave('b.json', { project: 'b' });
    const found = readOutcomes(
      root,
      results(['a', 'publish-image', 'success'], ['b', 'publish-image', 'local-cache']),
      targets,
    );
    expect(found.records.map(({ project }) => project)).toEqual(['b']);
    expect(found.errors).toMatchObject([{ message: expect.stringContaining('a:publish-image') }]);
  });
});

it('a run without image tasks is none of our business', () => {
  expect(hasImageTasks(results(['a', 'build', 'success']), targets)).toBe(false);
  expect(hasImageTasks(results(['a', 'build', 'success'], ['a', 'pin', 'failure']), targets)).toBe(true);
});
