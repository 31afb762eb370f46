import { describe, expect, it } from 'vitest';
import { parseVersionsFile, prefixesOf } from '../store/versions-file.js';
import { compose, type RunFacts } from './compose.js';
import { digestOf } from './world.testing.js';

const containerOf = (project: string) => ({ project, prefix: project, image: `r.io/${project}` });
const app = { ...containerOf('app'), formatVersion: 1 } as const;
const db = { ...containerOf('db'), formatVersion: 1 } as const;
const containers = ['app', 'db'].map(containerOf);
const images = containers.map((container) => ({
  ...container,
  version: '1111111',
  digest: digestOf(container.project),
  fresh: 0,
}));
const state = { versions: parseVersionsFile('db_VER="v1.0.0"\n'), images };
const pin = { ...app, version: 'v2.0.0', repin: false, result: 'pinned', digest: digestOf('app') } as const;

const stepsOf = (facts: Partial<RunFacts>, workspace = containers) => {
  const none = {
    records: [],
    restored: new Set<string>(),
    pins: [],
    unpins: [],
    resolved: new Map(),
    now: new Date(0),
  };
  return compose(state, { ...none, ...facts, workspace }).steps;
};

describe('the version files after a run', () => {
  it('get the lines that come before those go that go', () => {
    const steps = stepsOf({ pins: [pin], unpins: [{ ...db, result: 'unpinned' }] });
    expect(steps.map(({ versions }) => prefixesOf(versions))).toEqual([['db', 'app'], ['app']]);
  });

  it('are left where all images were left alone, also if a container has gone from the workspace', () => {
    const pins = [{ ...pin, result: 'already', pinnedAt: 'v2.0.0' } as const];
    expect(stepsOf({ pins, unpins: [{ ...app, result: 'already' }] }, containers.slice(0, 1))).toEqual([]);
  });
});
