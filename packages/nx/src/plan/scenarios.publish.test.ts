import { beforeEach, describe, expect, it } from 'vitest';
import { imageOf } from '../store/state.js';
import { digestOf, World } from './world.testing.js';

let world: World;

describe('publishing', () => {
  beforeEach(() => {
    world = World.published();
  });

  it('the first run, with no files, publishes all and pins none', () => {
    expect(world.standing).toBe('app=c000001 db-init=c000001 redis=c000001');
    expect(world.versionsText).toBe('');
    expect([...world.registry.keys()]).toEqual(['app:c000001', 'db-init:c000001', 'redis:c000001']);
  });

  it('the same run twice builds nothing and changes no file', () => {
    const before = world.files;
    const run = world.publish({ commit: 'c000001' });
    expect(run).toMatchObject({ built: [], pushed: [], restored: ['app', 'db-init', 'redis'], errors: [] });
    expect(world.files).toBe(before);
    expect(world.publish({ commit: 'c000002' }).built).toEqual([]);
    expect(world.files).toBe(before);
  });

  it('a rebuild of the same content is kept, and changes no file', () => {
    const before = world.files;
    world.sources.app = 'a1~2';
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: ['app'], pushed: [] });
    expect(world.files).toBe(before);
  });
});

describe('publishing after a release', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('a changed image is unpinned and published; the others stay', () => {
    world.sources.app = 'a2';
    const run = world.publish({ commit: 'c000002' });
    expect(run).toMatchObject({ built: ['app'], pushed: ['app:c000002'] });
    expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
    expect(world.pinLines).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
    expect(
      run.composition.rows.map(({ project, outcome, before, after }) => `${project} ${outcome} ${before} ${after}`),
    ).toEqual(['app published v1.0.0 c000002', 'db-init kept v1.0.0 v1.0.0', 'redis kept v1.0.0 v1.0.0']);
    const before = world.files;
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(world.files).toBe(before);
  });

  it('a change taken back comes from the cache and goes back to the image that was there, not published again', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.sources.app = 'a1';
    expect(world.publish({ commit: 'c000003' })).toMatchObject({
      built: [],
      pushed: [],
      restored: ['app', 'db-init', 'redis'],
      errors: [],
    });
    expect(world.standing).toBe('app=c000001 db-init=v1.0.0 redis=v1.0.0');
    expect(imageOf(world.state, 'app')?.digest).toBe(world.registry.get('app:v1.0.0'));
  });

  it('a change taken back after the next release unpins that', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.pin('v1.1.0');
    world.sources.app = 'a1';
    const { rows } = world.publish({ commit: 'c000003' }).composition;
    expect(world.standing).toBe('app=c000001 db-init=v1.0.0 redis=v1.0.0');
    const said = rows.map(({ reasons }) => reasons.map(({ text }) => text).join(' '));
    expect(said[0]).toMatch(/^No input changed .* Its pin v1\.1\.0 is another image, so its line was removed;/);
    expect(said[1]).not.toContain('Its pin');
  });

  it('a pin that is written by hand to go back a version goes, as the sources are other content', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.pin('v1.1.0');
    world.versionsText = world.versionsText.replace('app_VER="v1.1.0"', 'app_VER="v1.0.0"');
    const [app] = world.publish({ commit: 'c000003' }).composition.rows;
    expect(app).toMatchObject({ before: 'v1.0.0', after: 'c000002' });
    expect(app?.reasons.at(-1)?.text).toContain('Its pin v1.0.0 is another image');
  });

  it('what is published past the cache is not undone by what the cache has of the same inputs', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.registry.delete('app:c000002');
    const errors = [expect.stringContaining('--skip-nx-cache')];
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ restored: ['app', 'db-init', 'redis'] });
    expect(world.publish({ commit: 'c000003' }).composition.errors.map(({ hint }) => hint)).toEqual(errors);
    world.publish({ commit: 'c000003', skipsCache: true }, ['app']);
    expect(world.standing).toContain('app=c000003');
    const after = world.files;
    expect(world.publish({ commit: 'c000004' })).toMatchObject({ built: ['app'], pushed: [], errors: [] });
    expect(world.publish({ commit: 'c000004' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(world.files).toBe(after);
  });

  it('a pinned tag that is gone or moved is an error also for an image restored from a cache; the others go on', () => {
    const pinned = world.registry.get('app:v1.0.0');
    world.registry.set('app:v1.0.0', digestOf('someone else'));
    world.sources.redis = 'r2';
    const run = world.publish({ commit: 'c000002' });
    expect(run.errors).toEqual([
      `Pinned tag r.io/app:v1.0.0: expected digest ${pinned}, as pinned; got: the tag is on digest ${digestOf('someone else')}`,
    ]);
    expect(run.composition.rows.map(({ project, outcome }) => `${project} ${outcome}`)).toEqual([
      'app failed',
      'db-init kept',
      'redis published',
    ]);
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=c000002');
    world.registry.delete('app:v1.0.0');
    expect(world.publish({ commit: 'c000002' }).errors).toEqual([
      expect.stringContaining('the registry has no such tag'),
    ]);
  });

  it('a pin does not go for an image of a cache whose tag the registry no longer has', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    world.pin('v1.1.0');
    world.registry.delete('app:c000001');
    world.sources.app = 'a1';
    const before = world.files;
    expect(world.publish({ commit: 'c000003' }).errors).toEqual([
      expect.stringContaining('Published tag r.io/app:c000001: expected digest'),
    ]);
    expect(world.files).toBe(before);
  });

  it('without the generated file nothing is published again', () => {
    world.varsText = '';
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
    expect(imageOf(world.state, 'app')?.pin?.version).toBe('v1.0.0');
  });
});

describe('a workspace that changes', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('an image that leaves the workspace leaves the generated file; its line stays', () => {
    delete world.sources.redis;
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    expect(world.varsText).not.toContain('redis');
    expect(world.pinLines).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
    world.sources.redis = 'r1';
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
    expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
  });

  it('a renamed image begins anew under its new name', () => {
    world.sources = { app: 'a1', 'db-init': 'd1', 'redis-cache': 'r1' };
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ pushed: ['redis-cache:c000002'] });
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis-cache=c000002');
  });
});
