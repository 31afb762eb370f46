import { beforeEach, describe, expect, it } from 'vitest';
import { imageOf } from '../store/state.js';
import { World } from './world.testing.js';

let world: World;

describe('mode all', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('publishes every image under the commit, and leaves the pins', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    const pinned = world.pinLines;
    const run = world.publish({ commit: 'c000003', mode: 'all' });
    expect(run.pushed).toEqual(['app:c000003', 'db-init:c000003', 'redis:c000003']);
    expect(world.pinLines).toBe(pinned);
    expect(world.standing).toBe('app=c000003 db-init=v1.0.0 redis=v1.0.0');
    const before = world.files;
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
    expect(world.files).toBe(before);
  });

  it('leaves a pin also where the content has changed', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002', mode: 'all' });
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
  });

  it('makes its tag the one that an unpinned image must have, and no earlier one of the same digest', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.publish({ commit: 'c000003', mode: 'all' });
    world.registry.delete('app:c000002');
    expect(world.publish({ commit: 'c000004' }).errors).toEqual([]);
    world.registry.delete('app:c000003');
    expect(world.publish({ commit: 'c000004' }).errors).toEqual([
      expect.stringContaining('Published tag r.io/app:c000003: expected digest'),
    ]);
    expect(world.standing).toBe('app=c000003 db-init=v1.0.0 redis=v1.0.0');
  });
});

describe('mode pinned_only', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('puts a pinned tag that is gone back on what was pinned, whatever the sources are now', () => {
    const pinned = world.registry.get('redis:v1.0.0');
    world.registry.delete('redis:v1.0.0');
    world.sources.redis = 'r2';
    const run = world.publish({ commit: 'c000003', mode: 'pinned_only' });
    expect(run).toMatchObject({ built: [], pushed: ['redis:v1.0.0'], errors: [] });
    expect(world.registry.get('redis:v1.0.0')).toBe(pinned);
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
  });

  it('publishes a pinned version of which the registry has nothing, and nothing else', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    for (const tag of ['redis:v1.0.0', 'redis:c000001']) world.registry.delete(tag);
    const run = world.publish({ commit: 'c000003', mode: 'pinned_only' });
    expect(run).toMatchObject({ built: ['redis'], pushed: ['redis:v1.0.0'], errors: [] });
    expect(imageOf(world.state, 'redis')?.pin?.digest).toBe(world.registry.get('redis:v1.0.0'));
    expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
  });
});

describe('a dry run', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('changes neither files nor registry', () => {
    world.sources.app = 'a2';
    const before = world.files;
    const tags = [...world.registry];
    const run = world.publish({ commit: 'c000002', dryRun: true });
    expect(run.composition.rows[0]).toMatchObject({
      project: 'app',
      outcome: 'published',
      dryRun: true,
      before: 'v1.0.0',
      after: 'v1.0.0',
    });
    expect(world.files).toBe(before);
    expect([...world.registry]).toEqual(tags);
  });

  it('leaves the state of a container that is gone to the next run that is not dry', () => {
    delete world.sources.redis;
    const before = world.files;
    world.publish({ commit: 'c000002', dryRun: true });
    expect(world.files).toBe(before);
    world.publish({ commit: 'c000002' });
    expect(imageOf(world.state, 'redis')).toBeUndefined();
  });
});
