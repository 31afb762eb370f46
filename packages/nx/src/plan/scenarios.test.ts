import { beforeEach, describe, expect, it } from 'vitest';
import { imageOf } from '../store/state.js';
import { digestOf, World } from './world.testing.js';

let world: World;

const files = () => `${world.versionsText}\n--\n${world.varsText}`;
/** The versions file without comments. */
const lines = () => world.versionsText.replace(/^#.*\n/gm, '');

describe('one workspace over its life', () => {
  beforeEach(() => {
    world = new World({ app: 'a1', 'db-init': 'd1', redis: 'r1' });
    world.publish({ commit: 'c000001' });
  });

  it('the first run, with no files, publishes all and pins none', () => {
    expect(world.standing).toBe('app=c000001 db-init=c000001 redis=c000001');
    expect(world.versionsText).toBe('');
    expect([...world.registry.keys()]).toEqual(['app:c000001', 'db-init:c000001', 'redis:c000001']);
  });

  it('the same run twice builds nothing and changes no file', () => {
    const before = files();
    const run = world.publish({ commit: 'c000001' });
    expect(run).toMatchObject({ built: [], pushed: [], restored: ['app', 'db-init', 'redis'], errors: [] });
    expect(files()).toBe(before);
    expect(world.publish({ commit: 'c000002' }).built).toEqual([]);
    expect(files()).toBe(before);
  });

  it('a rebuild of the same content is kept, and changes no file', () => {
    const before = files();
    world.sources.app = 'a1~2';
    expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: ['app'], pushed: [] });
    expect(files()).toBe(before);
  });

  it('a release pins all below one header, and rebuilds nothing', () => {
    world.pin('v1.0.0');
    expect(world.versionsText).toMatch(
      /\n# Mon May {2}6 07:08:09 UTC 2024 -- v1\.0\.0\napp_VER="v1\.0\.0"\ndbinit_VER="v1\.0\.0"\nredis_VER="v1\.0\.0"\n$/,
    );
    expect(world.registry.get('app:v1.0.0')).toBe(world.registry.get('app:c000001'));
    const before = files();
    expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
    expect(files()).toBe(before);
  });

  describe('after a release', () => {
    beforeEach(() => {
      world.pin('v1.0.0');
    });

    it('pinning again at the same version does nothing', () => {
      const before = files();
      const { rows } = world.pin('v1.0.0');
      expect(rows.map(({ outcome }) => outcome)).toEqual(['already', 'already', 'already']);
      expect(files()).toBe(before);
    });

    it('the next release leaves pinned images and says so; --repin moves them', () => {
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002' });
      expect(world.pin('v1.1.0').rows.map(({ project, outcome, after }) => `${project} ${outcome} ${after}`)).toEqual([
        'app pinned v1.1.0',
        'db-init already v1.0.0',
        'redis already v1.0.0',
      ]);
      world.pin('v2.0.0', { repin: true });
      expect(lines()).toBe('app_VER="v2.0.0"\ndbinit_VER="v2.0.0"\nredis_VER="v2.0.0"\n');
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
      expect(world.standing).toBe('app=v2.0.0 db-init=v2.0.0 redis=v2.0.0');
    });

    it('a changed image is unpinned and published; the others stay', () => {
      world.sources.app = 'a2';
      const run = world.publish({ commit: 'c000002' });
      expect(run).toMatchObject({ built: ['app'], pushed: ['app:c000002'] });
      expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
      expect(lines()).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
      expect(
        run.composition.rows.map(({ project, outcome, before, after }) => `${project} ${outcome} ${before} ${after}`),
      ).toEqual(['app published v1.0.0 c000002', 'db-init kept v1.0.0 v1.0.0', 'redis kept v1.0.0 v1.0.0']);
      const before = files();
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
      expect(files()).toBe(before);
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
      world.publish({ commit: 'c000003' });
      expect(world.standing).toBe('app=c000001 db-init=v1.0.0 redis=v1.0.0');
    });

    it('a line removed by hand builds that image afresh and publishes the same content', () => {
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"\n', '');
      const run = world.publish({ commit: 'c000002' });
      expect(run).toMatchObject({ built: ['app'], pushed: ['app:c000002'], restored: ['db-init', 'redis'] });
      expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
      expect(imageOf(world.state, 'app')).toMatchObject({ fresh: 1 });
      expect(imageOf(world.state, 'app')?.pin).toBeUndefined();
      const before = files();
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [] });
      expect(files()).toBe(before);
    });

    it('a second line removed by hand is a second fresh build', () => {
      for (const commit of ['c000002', 'c000003']) {
        world.versionsText = world.versionsText.replace(/^app_VER=.*\n/m, '');
        expect(world.publish({ commit }).pushed).toEqual([`app:${commit}`]);
        world.pin(`v1.0.${commit.at(-1)}`);
      }
      expect(imageOf(world.state, 'app')?.fresh).toBe(2);
    });

    it('a line removed by hand waits for a run of that image', () => {
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"\n', '');
      world.sources.redis = 'r2';
      world.publish({ commit: 'c000002' }, ['redis']);
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ pushed: ['app:c000003'] });
    });

    it('unpin does what removing the line by hand does', () => {
      world.unpin('redis');
      expect(lines()).toBe('app_VER="v1.0.0"\ndbinit_VER="v1.0.0"\n');
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=c000001');
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: ['redis'], pushed: ['redis:c000002'] });
    });

    it('a line edited to another version that has the same digest stays', () => {
      world.registry.set('app:v0.9.0', world.registry.get('app:c000001') ?? '');
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.0"');
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], errors: [] });
      expect(world.standing).toBe('app=v0.9.0 db-init=v1.0.0 redis=v1.0.0');
      expect(imageOf(world.state, 'app')?.pin).toEqual({
        version: 'v0.9.0',
        digest: world.registry.get('app:c000001'),
      });
    });

    it('a line edited to a version with another digest goes: the sources are not those', () => {
      world.registry.set('app:v0.9.0', digestOf('older'));
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.0"');
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], errors: [] });
      expect(lines()).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
      expect(world.standing).toBe('app=c000001 db-init=v1.0.0 redis=v1.0.0');
    });

    it('a line edited to a version that is not there is an error, and nothing changes', () => {
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="v0.9.9"');
      const before = files();
      expect(world.publish({ commit: 'c000002' }).errors).toEqual([
        expect.stringContaining('Pinned tag r.io/app:v0.9.9: expected a digest'),
      ]);
      expect(files()).toBe(before);
    });

    it('a value that only a shell can read is an error, and nothing changes', () => {
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'app_VER="$(rm -rf .)"');
      const before = files();
      expect(() => world.publish({ commit: 'c000002' })).toThrowError(
        /image_versions\.src, line \d+: expected app_VER=/,
      );
      expect(files()).toBe(before);
    });

    it('a hold is left alone by every run until the line changes', () => {
      world.versionsText = world.versionsText.replace('app_VER="v1.0.0"', 'export app_VER="v1.0.0"');
      world.sources.app = 'a9';
      const before = files();
      for (const mode of ['only_changed', 'all', 'pinned_only'] as const) {
        const run = world.publish({ commit: 'c000002', mode }, ['app']);
        expect(run).toMatchObject({ built: [], pushed: [], errors: [] });
      }
      world.pin('v3.0.0', { repin: true }, ['app']);
      world.unpin('app');
      expect(files()).toBe(before);
      world.versionsText = world.versionsText.replace('export app_VER', 'app_VER');
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: ['app'], pushed: ['app:c000003'] });
      expect(world.standing).toBe('app=c000003 db-init=v1.0.0 redis=v1.0.0');
    });

    it('a held image that was never published from here stands at its hold, if the registry has that', () => {
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

    it('what is published past the cache is not undone by what the cache has of the same inputs', () => {
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002' });
      world.registry.delete('app:c000002');
      const errors = [expect.stringContaining('--skip-nx-cache')];
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ restored: ['app', 'db-init', 'redis'] });
      expect(world.publish({ commit: 'c000003' }).composition.errors.map(({ hint }) => hint)).toEqual(errors);
      world.publish({ commit: 'c000003', skipsCache: true }, ['app']);
      expect(world.standing).toContain('app=c000003');
      const after = files();
      expect(world.publish({ commit: 'c000004' })).toMatchObject({ built: ['app'], pushed: [], errors: [] });
      expect(world.publish({ commit: 'c000004' })).toMatchObject({ built: [], pushed: [], errors: [] });
      expect(files()).toBe(after);
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
      const before = files();
      expect(world.publish({ commit: 'c000003' }).errors).toEqual([
        expect.stringContaining('Published tag r.io/app:c000001: expected digest'),
      ]);
      expect(files()).toBe(before);
    });

    it('mode all publishes every image under the commit, and leaves the pins', () => {
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002' });
      const pinned = lines();
      const run = world.publish({ commit: 'c000003', mode: 'all' });
      expect(run.pushed).toEqual(['app:c000003', 'db-init:c000003', 'redis:c000003']);
      expect(lines()).toBe(pinned);
      expect(world.standing).toBe('app=c000003 db-init=v1.0.0 redis=v1.0.0');
      const before = files();
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
      expect(files()).toBe(before);
    });

    it('of an unpinned image the tag that it stands at has to be there, and no earlier one of the same digest', () => {
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

    it('mode all leaves a pin also where the content has changed', () => {
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002', mode: 'all' });
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
    });

    it('mode pinned_only puts a pinned tag that is gone back on what was pinned, whatever the sources are now', () => {
      const pinned = world.registry.get('redis:v1.0.0');
      world.registry.delete('redis:v1.0.0');
      world.sources.redis = 'r2';
      const run = world.publish({ commit: 'c000003', mode: 'pinned_only' });
      expect(run).toMatchObject({ built: [], pushed: ['redis:v1.0.0'], errors: [] });
      expect(world.registry.get('redis:v1.0.0')).toBe(pinned);
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
    });

    it('mode pinned_only publishes a pinned version of which the registry has nothing, and nothing else', () => {
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002' });
      for (const tag of ['redis:v1.0.0', 'redis:c000001']) world.registry.delete(tag);
      const run = world.publish({ commit: 'c000003', mode: 'pinned_only' });
      expect(run).toMatchObject({ built: ['redis'], pushed: ['redis:v1.0.0'], errors: [] });
      expect(imageOf(world.state, 'redis')?.pin?.digest).toBe(world.registry.get('redis:v1.0.0'));
      expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
    });

    it('a dry run changes neither files nor registry', () => {
      world.sources.app = 'a2';
      const before = files();
      const tags = [...world.registry];
      const run = world.publish({ commit: 'c000002', dryRun: true });
      expect(run.composition.rows[0]).toMatchObject({
        project: 'app',
        outcome: 'published',
        dryRun: true,
        before: 'v1.0.0',
        after: 'v1.0.0',
      });
      expect(files()).toBe(before);
      expect([...world.registry]).toEqual(tags);
    });

    it('an image that leaves the workspace leaves the generated file; its line stays', () => {
      delete world.sources.redis;
      world.sources.app = 'a2';
      world.publish({ commit: 'c000002' });
      expect(world.varsText).not.toContain('redis');
      expect(lines()).toBe('dbinit_VER="v1.0.0"\nredis_VER="v1.0.0"\n');
      world.sources.redis = 'r1';
      expect(world.publish({ commit: 'c000003' })).toMatchObject({ built: [], errors: [] });
      expect(world.standing).toBe('app=c000002 db-init=v1.0.0 redis=v1.0.0');
    });

    it('a renamed image begins anew under its new name', () => {
      world.sources = { app: 'a1', 'db-init': 'd1', 'redis-cache': 'r1' };
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ pushed: ['redis-cache:c000002'] });
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis-cache=c000002');
    });

    it('without the generated file nothing is published again', () => {
      world.varsText = '';
      expect(world.publish({ commit: 'c000002' })).toMatchObject({ built: [], pushed: [], errors: [] });
      expect(world.standing).toBe('app=v1.0.0 db-init=v1.0.0 redis=v1.0.0');
      expect(imageOf(world.state, 'app')?.pin?.version).toBe('v1.0.0');
    });
  });

  describe('a run that is killed', () => {
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
});
