import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PublishRecord } from '../plan/record.js';
import { composeFiles } from './compose-files.js';
import type { RunOutcomes } from './read-outcomes.js';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'image-versions-compose-'));
});
afterEach(() => rm(root, { recursive: true }));

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const image = (project: string) => `ghcr.io/acme/${project}`;
const record = (project: string, parts: Partial<PublishRecord> = {}): PublishRecord => ({
  formatVersion: 1,
  project,
  image: image(project),
  mode: 'only_changed',
  outcome: 'published',
  dryRun: false,
  digest: digest('a'),
  tag: '3f2a9c1',
  fresh: 0,
  reasons: [],
  ...parts,
});
const none: RunOutcomes = { records: [], restored: new Set(), pins: [], unpins: [], errors: [] };

const composed = (
  outcomes: Partial<RunOutcomes>,
  resolve: (image: string, tag: string) => Promise<string | undefined>,
) =>
  composeFiles({
    workspaceRoot: root,
    versionsFile: 'image_versions.src',
    varsFile: 'image_vars.src',
    workspace: ['a', 'b'].map((project) => ({ project, prefix: project, image: image(project) })),
    outcomes: { ...none, ...outcomes },
    now: new Date(0),
    resolve,
  });
const vars = () => readFile(join(root, 'image_vars.src'), 'utf8');

describe('composing the version files after a run', () => {
  it('asks the registry nothing of images that this run published', async () => {
    const resolve = async () => Promise.reject(new Error('asked'));
    const { errors } = await composed({ records: [record('a')] }, resolve);
    expect(errors).toEqual([]);
    expect(await vars()).toContain('a_VER="3f2a9c1"');
  });

  it('asks once for the tag of each record from a cache', async () => {
    const asked: string[] = [];
    const resolve = async (name: string, tag: string) => {
      asked.push(`${name}:${tag}`);
      return digest('a');
    };
    await composed({ records: [record('a'), record('b')], restored: new Set(['a']) }, resolve);
    expect(asked).toEqual(['ghcr.io/acme/a:3f2a9c1']);
  });

  it('leaves out an image whose tag moved, and writes the others', async () => {
    const { errors, rows } = await composed(
      { records: [record('a'), record('b')], restored: new Set(['a']) },
      async () => digest('f'),
    );
    expect(errors).toMatchObject([{ code: 'moved', message: expect.stringContaining(digest('f')) }]);
    expect(rows.map(({ project, outcome }) => `${project} ${outcome}`)).toEqual(['a failed', 'b published']);
    expect(await vars()).not.toContain('a_VER=');
    expect(await vars()).toContain('b_VER="3f2a9c1"');
  });

  it('leaves out an image whose registry does not answer, with the reason', async () => {
    const { errors } = await composed({ records: [record('a'), record('b')], restored: new Set(['a']) }, async () =>
      Promise.reject(Object.assign(new Error('no answer'), { hint: 'Log in.' })),
    );
    expect(errors).toMatchObject([{ message: expect.stringContaining('no answer'), hint: 'Log in.' }]);
    expect(await vars()).toContain('b_VER="3f2a9c1"');
  });

  it('writes a held image that nothing is known of where the registry has it, and leaves it where that does not answer', async () => {
    await writeFile(join(root, 'image_versions.src'), 'export a_VER="v1.0.0"\n');
    const held = record('a', { outcome: 'held', digest: undefined, tag: undefined });
    const run = (resolve: () => Promise<string>) => composed({ records: [held, record('b')] }, resolve);
    expect((await run(() => Promise.reject(new Error('no answer')))).errors).toEqual([]);
    expect(await vars()).not.toContain('a_VER=');
    expect((await run(async () => digest('c'))).errors).toEqual([]);
    expect(await vars()).toContain(`a_DIGEST="${digest('c')}"`);
  });

  it('changes no file where nothing changed', async () => {
    const run = () => composed({ records: [record('a')], restored: new Set(['a']) }, async () => digest('a'));
    await run();
    await writeFile(join(root, 'image_versions.src'), '# mine\n');
    const before = await vars();
    await run();
    expect(await vars()).toBe(before);
    expect(await readFile(join(root, 'image_versions.src'), 'utf8')).toBe('# mine\n');
  });
});
