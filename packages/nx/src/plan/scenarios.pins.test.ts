import { beforeEach, describe, expect, it } from 'vitest';
import { imageOf } from '../store/state.js';
import { digestOf, World } from './world.testing.js';

let world: World;

describe('a release', () => {
  beforeEach(() => {
    world = World.published();
  });

  it('pins all below one header, and rebuilds nothing', () => {
    world.pin('v1.0.0');
    expect(world.versionsText).toMatch(
      /\n# Mon May {2}6 07:08:09 UTC 2024 -- v1\.0\.0\napp_VER="v1\.0\.0"\ndbinit_VER="v1\.0\.0"\nredis_VER="v1\.0\.0"\n$/,
    );
    expect(world.registry.get('app:v1.0.0')).toBe(world.registry.get('app:c000001'));
    const before = world.files;
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
    expect(world.files).toBe(before);
  });
});

describe('a release after another', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('at the same version does nothing', () => {
    const before = world.files;
    const { rows } = world.pin('v1.0.0');
    expect(rows.map(({ outcome }) => outcome)).toEqual(['already', 'already', 'already']);
    expect(world.files).toBe(before);
  });

  it('leaves pinned images and says so; --repin moves them', () => {
    world.sources.app = 'a2';
    world.publish({ commit: 'c000002' });
    expect(world.pin('v1.1.0').rows.map(({ project, outcome, after }) => `${project} ${outcome} ${after}`)).toEqual([
      'app pinned v1.1.0',
      'db-init already v1.0.0',
      'redis already v1.0.0',
    ]);
    world.pin('v2.0.0', { repin: true });
    expect(world.pinLines).toBe('app_VER="v2.0.0"\ndbinit_VER="v2.0.0"\nredis_VER="v2.0.0"\n');
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
    expect(world.standing).toBe('app=v2.0.0 db-init=v2.0.0 redis=v2.0.0');
  });
});

describe('a pin removed', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('by hand builds that image afresh and publishes the same content', () => {
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"\n', '');
    const run = world.publish({ commit: 'c000002' });
    expect(run).toMatchObject({ built: ['app'], pushed: ['app:c000002'], restored: ['db-init', 'redis'] });
    expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
    expect(imageOf(world.state, 'app')).toMatchObject({ fresh: 1 });
    expect(imageOf(world.state, 'app')?.pin).toBeUndefined();
    const before = world.files;
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [] });
    expect(world.files).toBe(before);
  });

  it('a second time by hand is a second fresh build', () => {
    for (const commit of ['c000002', 'c000003']) {
      world.versionsText = world.versionsText.replace(/^app_VER=.*\n/m, '');
      expect(world.publish({ commit }).pushed).toEqual([`app:${commit}`]);
      world.pin(`v1.0.${commit.at(-1)}`);
    }
    expect(imageOf(world.state, 'app')?.fresh).toBe(2);
  });

  it('by hand waits for a run of that image', () => {
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"\n', '');
    world.sources.redis = 'r2';
    world.publish({ commit: 'c000002' }, ['redis']);
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ pushed: ['app:c000003'] });
  });

  it('by unpin does what removing its line does', () => {
    world.unpin('redis');
    expect(world.pinLines).toBe('app_VER="v1.0.0"\ndbinit_VER="v1.0.0"\n');
    expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=c000001');
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: ['redis'], pushed: ['redis:c000002'] });
  });
});

describe('a line edited', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('to another version that has the same digest stays', () => {
    world.registry.set('app:v0.9.0', world.registry.get('app:c000001') ?? '');
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.0"');
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], errors: [] });
    expect(world.standing).toBe('app=v0.9.0 db-init=v1.0.0 redis=v1.0.0');
    expect(imageOf(world.state, 'app')?.pin).toEqual({
      version: 'v0.9.0',
      digest: world.registry.get('app:c000001'),
    });
  });

  it('to a version with another digest goes: the sources are not those', () => {
    world.registry.set('app:v0.9.0', digestOf('older'));
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.0"');
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], errors: [] });
    expect(world.pinLines).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
    expect(world.standing).toBe('app=c000001 db-init=v1.0.0 redis=v1.0.0');
  });

  it('to a version that is not there is an error, and nothing changes', () => {
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.9"');
    const before = world.files;
    expect(world.publish({ commit: 'c000002' }).errors).toEqual([
      expect.stringContaining('Pinned tag r.io/app:v0.9.9: expected a digest'),
    ]);
    expect(world.files).toBe(before);
  });

  it('to a value that only a shell can read is an error, and nothing changes', () => {
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="$(rm -rf .)"');
    const before = world.files;
    expect(() => world.publish({ commit: 'c000002' })).toThrowError(/image_versions\.src, line \d+: expected app_VER=/);
    expect(world.files).toBe(before);
  });
});

describe('a hold', () => {
  beforeEach(() => {
    world = World.released();
  });

  it('is left alone by every run until the line changes', () => {
    world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'export app_VER="v1.0.0"');
    world.sources.app = 'a9';
    const before = world.files;
    for (const mode of ['only_changed', 'all', 'pinned_only'] as const) {
      const run = world.publish({ commit: 'c000002', mode }, ['app']);
      expect(run).toMatchObject({ built: [], pushed: [], errors: [] });
    }
    world.pin('v3.0.0', { repin: true }, ['app']);
    world.unpin('app');
    expect(world.files).toBe(before);
    world.versionsText = world.versionsText.replace('export app_VER', 'app_VER');
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: ['app'], pushed: ['app:c000003'] });
    expect(world.standing).toBe('app=c000003 db-init=v1.0.0 redis=v1.0.0');
  });

  it('of an image that was never published from here is where it stands, if the registry has that', () => {
    world.sources.old = 'o1';
    world.sources.gone = 'g1';
    world.versionsText += 'export old_VER="v0.9.0"\nexport gone_VER="v0.9.0"\n';
    world.registry.set('old:v0.9.0', digestOf('o1'));
    world.contents.set(digestOf('o1'), 'o1');
    const lines = world.versionsText;
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
    expect(imageOf(world.state, 'old')).toMatchObject({ version: 'v0.9.0', digest: digestOf('o1') });
    expect(imageOf(world.state, 'gone')).toBeUndefined();
    expect(world.versionsText).toBe(lines);
    world.versionsText = lines.replace(/export old.*\n/, '');
    expect(world.publish({ commit: 'c000003' }, ['old'])).toMatchObject({ built: ['old'], pushed: [], errors: [] });
    expect(world.standing).toContain('old=v0.9.0');
  });
});
