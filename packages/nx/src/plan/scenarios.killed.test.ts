import { beforeEach, describe, expect, it } from 'vitest';
import { World } from './world.testing.js';

let world: World;

describe('a run that is killed', () => {
  beforeEach(() => {
    world = World.published();
  });

  it.each([0, 1])(
    'while a line goes, after %i of the files, is finished by the next, which publishes nothing again',
    (writes) => {
      world.pin('v1.0.0');
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002', writes });
      const next = world.publish({ commit: 'c000002' });
      expect(next).toMatchObject({ built: [], pushed: [], errors: [] });
      expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
    },
  );

  it.each([0, 1])(
    'while lines come, after %i of the files, is finished by the next, which publishes nothing',
    (writes) => {
      world.pin('v1.0.0', { writes });
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
      world.pin('v1.0.0');
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], pushed: [], errors: [] });
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
      expect(world.state.images.map(({ pin, fresh }) => `${pin?.version} ${fresh}`)).toEqual([
        'v1.0.0 0',
        'v1.0.0 0',
        'v1.0.0 0',
      ]);
    },
  );

  it.each([0, 1])('while lines move, after %i of the files, is finished by the next', (writes) => {
    world.pin('v1.0.0');
    world.pin('v2.0.0', { repin: true, writes });
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    world.pin('v2.0.0', { repin: true });
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(world.standing).toBe('app=v2.0.0 db-init=v2.0.0 redis=v2.0.0');
  });

  it.each([0, 1])('while a fresh build is written down, after %i of the files, is finished by the next', (writes) => {
    world.pin('v1.0.0');
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"\n', '');
    expect(world.publish({ commit: 'c000002', writes }).pushed).toEqual(['app:c000002']);
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
  });

  it('between push and record, finds what it pushed', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002', writes: 0 });
    world.cache.clear();
    const run = world.publish({ commit: 'c000002' });
    expect(run.pushed).toEqual([]);
    expect(run.composition.rows[0]).toMatchObject({ project: 'app', outcome: 'published', after: 'c000002' });
  });
});
