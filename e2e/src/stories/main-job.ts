import { readFile, rm } from 'node:fs/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeOn } from '../harness/describe.js';
import { inEngine, runImage, type TestEngine } from '../harness/engines.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

const images = ['api-gateway', 'bgs-api', 'cc-app', 'dashboard', 'db-init', 'rabbitmq', 'vro-app'];

/**
 * One workspace, from its first publish through releases: each test goes on where the one before it ended. `whole`: with the steps that
 * no engine takes part in, which one engine is enough for.
 */
export function mainJob(engine: TestEngine, { whole }: { readonly whole: boolean }): void {
  const testOnce = whole ? test : () => undefined;

  describeOn(engine, 'the main job, told as one story', () => {
    let ws: Workspace;
    let first = '';
    beforeAll(async () => {
      ws = await Workspace.create({ env: engine.env, isolatesPlugins: whole });
      first = await ws.head();
    });
    afterAll(() => ws?.remove());

    const affected = (options = '') => ws.mustNx(`affected -t publish-image --base=HEAD~1 --parallel=6 ${options}`);

    test('3: the first run publishes every image as the commit, and latest is the same digest', async () => {
      await ws.mustNx('run-many -t publish-image --parallel=6');
      for (const image of images) {
        expect(await ws.images.tags(image)).toEqual([first, 'latest'].sort());
        expect(await ws.images.digest(image, 'latest')).toBe(await ws.images.digest(image, first));
      }
      expect(await ws.vars('vroapp_VER', 'vroapp_IMG', 'vroapp_DIGEST')).toEqual([
        first,
        `${ws.images.prefix}/vro-app`,
        (await ws.images.digest('vro-app', first)) ?? '',
      ]);
    });

    test('the published image runs in the engine', async () => {
      const [image] = await ws.vars('vroapp_IMG');
      expect(await runImage(engine, `${image}:${first}`)).toBe('claim 7 of A. Smith');
      expect((await ws.record('vro-app')).builder).toMatch(new RegExp(`^docker \\(${engine.name}`, 'i'));
    });

    testOnce('6: the same run twice is all cache hits and changes no file', async () => {
      const files = await ws.versionFiles();
      const output = await ws.mustNx('run-many -t publish-image --parallel=6');
      expect(projectsThat('cached', output)).toEqual(images);
      expect(await ws.versionFiles()).toBe(files);
    });

    test('5: pinning over all images is a release: tags on the same digests, nothing uploaded', async () => {
      const before = Object.fromEntries(
        await Promise.all(images.map(async (image) => [image, await ws.images.digest(image, first)] as const)),
      );
      await ws.mustNx('run-many -t pin --version=release-1.0.0');
      for (const image of images) expect(await ws.images.digest(image, 'release-1.0.0')).toBe(before[image]);
      const text = await ws.read('image_versions.src');
      expect(text).toMatch(/^# \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d UTC \d{4} -- release-1\.0\.0$/m);
      for (const prefix of ['vroapp', 'ccapp', 'bgsapi', 'dbinit', 'rabbitmq', 'apigateway', 'dashboard']) {
        expect(text).toMatch(new RegExp(`^${prefix}_VER="release-1\\.0\\.0"$`, 'm'));
      }
      expect(await ws.version('ccapp')).toBe('release-1.0.0');
      await ws.commit('release-1.0.0');
    });

    testOnce('5: pinning again changes nothing, and images that are pinned say so', async () => {
      const files = await ws.versionFiles();
      await ws.mustNx('run-many -t pin --version=release-1.0.0');
      const output = await ws.mustNx('run-many -t pin --version=release-1.0.1 --output-style=static');
      expect(output).toContain('release-1.0.0');
      expect(await ws.versionFiles()).toBe(files);
      expect(await ws.images.tags('cc-app')).not.toContain('release-1.0.1');
    });

    testOnce('6: after a release nothing is rebuilt', async () => {
      const files = await ws.versionFiles();
      const output = await ws.mustNx('run-many -t publish-image --parallel=6');
      expect(projectsThat('cached', output)).toEqual(images);
      expect(await ws.versionFiles()).toBe(files);
    });

    test('1, 2: a comment in the Dockerfile builds that image alone, and it keeps its pin', async () => {
      await ws.edit('cc-app/Dockerfile', (text) => text.replace('# The service', '# The one service'));
      await ws.commit('a comment');
      const files = await ws.versionFiles();
      const tags = await ws.images.tags('cc-app');
      const output = await affected();
      expect(projectsThat('ran', output)).toEqual(['cc-app']);
      expect(await ws.versionFiles()).toBe(files);
      expect(await ws.images.tags('cc-app')).toEqual(tags);
      expect(await ws.record('cc-app')).toMatchObject({ outcome: 'kept', tag: 'release-1.0.0' });
    });

    test('2: neither a test file that .dockerignore leaves out nor a fat jar with other times and build facts moves a pin', async () => {
      await ws.append('cc-app/tests/test_main.py', '\n# more\n');
      await ws.append('vro-app/build.sh', '# rebuilt\n');
      await ws.commit('a test, and a rebuild');
      const files = await ws.versionFiles();
      expect(projectsThat('ran', await affected())).toEqual(['cc-app', 'vro-app']);
      expect(await ws.versionFiles()).toBe(files);
      expect((await ws.record('cc-app')).outcome).toBe('kept');
      expect((await ws.record('vro-app')).outcome).toBe('kept');
    });

    test('3, 15: a content change of the same size unpins that image, publishes it once, and says why', async () => {
      await ws.edit('bgs-api/lib/service.rb', (text) => text.replace('RETRIES = 3', 'RETRIES = 4'));
      const sha = await ws.commit('four retries');
      const others = (await ws.read('image_versions.src')).split('\n').filter((line) => !line.startsWith('bgsapi_VER'));
      const output = await affected('--output-style=static');
      expect(projectsThat('ran', output)).toEqual(['bgs-api']);
      expect((await ws.read('image_versions.src')).split('\n')).toEqual(others);
      expect(await ws.version('bgsapi')).toBe(sha);
      expect(await ws.images.digest('bgs-api', 'latest')).toBe(await ws.images.digest('bgs-api', sha));
      expect(output).toContain('lib/service.rb');
      expect(output).toMatch(/^\s*step 3\/5 ?: COPY/im);
      const record = await ws.record('bgs-api');
      expect(record).toMatchObject({ outcome: 'published', tag: sha });
      expect(record.reasons).toContainEqual(expect.objectContaining({ kind: 'content', category: 'code' }));
    });

    test('the others are as they were: nothing of them was published', async () => {
      for (const image of images.filter((name) => name !== 'bgs-api')) {
        expect(await ws.images.tags(image)).toEqual([first, 'latest', 'release-1.0.0'].sort());
      }
    });

    test('a change in the shared library makes exactly its dependents build', async () => {
      await ws.commit('unpinned');
      await ws.edit('libs/domain/src/Claim.java', (text) => text.replace('"claim "', '"Claim "'));
      const sha = await ws.commit('capital');
      expect(projectsThat('ran', await affected())).toEqual(['api-gateway', 'vro-app']);
      expect(await ws.version('vroapp')).toBe(sha);
      expect(await ws.version('apigateway')).toBe(sha);
      expect(await ws.version('ccapp')).toBe('release-1.0.0');
      await ws.commit('unpinned');
    });

    test('4: a line removed by hand builds that image alone, afresh, and publishes it though nothing changed', async () => {
      await ws.edit('image_versions.src', (text) => text.replace(/^dbinit_VER=.*\n/m, ''));
      const sha = await ws.commit('db-init afresh');
      const output = await affected('--output-style=static --verbose');
      expect(projectsThat('ran', output)).toEqual(['db-init']);
      expect(output).toMatch(/step \d+\/5 ?: RUN chmod 0755/i);
      expect(output).not.toMatch(/using cache/i);
      expect(await ws.version('dbinit')).toBe(sha);
      expect(await ws.images.tags('db-init')).toContain(sha);
      expect((await ws.record('db-init')).reasons).toContainEqual(expect.objectContaining({ kind: 'request' }));
      await ws.commit('unpinned');
    });

    testOnce('6: after a fresh build nothing is rebuilt', async () => {
      const files = await ws.versionFiles();
      expect(projectsThat('cached', await ws.mustNx('run-many -t publish-image'))).toEqual(images);
      expect(await ws.versionFiles()).toBe(files);
    });

    testOnce('7: a manual hold is neither built, compared, changed nor published', async () => {
      await ws.edit('image_versions.src', (text) => text.replace(/^rabbitmq_VER=/m, 'export rabbitmq_VER='));
      await ws.append('rabbitmq/rabbitmq.conf', 'heartbeat = 30\n');
      await ws.commit('hold');
      const tags = await ws.images.tags('rabbitmq');
      const files = await ws.versionFiles();
      await affected();
      expect((await ws.record('rabbitmq')).outcome).toBe('held');
      expect(await ws.images.tags('rabbitmq')).toEqual(tags);
      await ws.mustNx('run rabbitmq:pin --version=release-9.9.9');
      expect(await ws.versionFiles()).toBe(files);
      expect(await ws.images.tags('rabbitmq')).toEqual(tags);
      await ws.edit('image_versions.src', (text) => text.replace(/^export rabbitmq_VER=/m, 'rabbitmq_VER='));
      const sha = await ws.commit('no hold');
      await affected();
      expect(await ws.version('rabbitmq')).toBe(sha);
      await ws.commit('unpinned');
    });

    testOnce('5: the next release pins what is unpinned and leaves the rest', async () => {
      await ws.mustNx('run-many -t pin --version=v1.1.0');
      expect(await ws.version('bgsapi')).toBe('v1.1.0');
      expect(await ws.version('ccapp')).toBe('release-1.0.0');
      await ws.mustNx('run cc-app:pin --version=v1.1.0 --repin');
      expect(await ws.version('ccapp')).toBe('v1.1.0');
      expect(await ws.images.digest('cc-app', 'v1.1.0')).toBe(await ws.images.digest('cc-app', 'release-1.0.0'));
      await ws.commit('v1.1.0');
    });

    test('a mode, an owner, a symlink, a deleted file and an ENV are each found', async () => {
      await ws.edit('bgs-api/Dockerfile', (text) => text.replace('chmod 0755', 'chmod 0700'));
      await ws.edit('vro-app/Dockerfile', (text) => text.replace('chown app', 'chown 33'));
      await ws.edit('cc-app/Dockerfile', (text) => text.replace('LOG_LEVEL=info', 'LOG_LEVEL=warn'));
      await ws.write('db-init/sql/002-empty.sql', '');
      await ws.commit('four changes');
      await affected();
      const details = async (project: string) =>
        (await ws.record(project)).comparison.changes.map((change: { subject: string; detail: string }) =>
          [change.subject, change.detail].join(' '),
        );
      expect(await details('bgs-api')).toEqual([expect.stringMatching(/\/srv\/main\.rb .*0755 -> 0700/)]);
      expect(await details('vro-app')).toEqual([expect.stringMatching(/\/app\/log .*1001.* -> .*33/)]);
      expect(await details('cc-app')).toEqual([expect.stringMatching(/LOG_LEVEL.*info -> warn/)]);
      expect(await details('db-init')).toEqual([expect.stringContaining('/sql/002-empty.sql')]);
      await ws.commit('published');
      await ws.edit('bgs-api/Dockerfile', (text) => text.replace('ln -s /srv/main.rb', 'ln -s /srv/./main.rb'));
      await rm(ws.path('db-init/sql/001-claim.sql'));
      await ws.commit('two more');
      await affected();
      expect(await details('bgs-api')).toEqual([expect.stringMatching(/\/usr\/local\/bin\/bgs .*main\.rb/)]);
      expect(await details('db-init')).toEqual([expect.stringContaining('/sql/001-claim.sql')]);
      await ws.commit('published');
    });

    test('diff-image says what would change, and build-image leaves the image in the engine; neither changes more', async () => {
      const [tags, files] = [await ws.images.tags('db-init'), await ws.versionFiles()];
      await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'echo changed'));
      const output = await ws.mustNx('run-many -t diff-image,build-image -p db-init --output-style=static');
      expect(output).toContain('/usr/local/bin/init');
      const name = `${ws.images.prefix}/db-init:build`;
      expect(output).toContain(`built as ${name}`);
      expect(await inEngine(engine, 'run', '--rm', '--network=none', name)).toContain('changed');
      expect(await ws.images.tags('db-init')).toEqual(tags);
      expect(await ws.versionFiles()).toBe(files);
      await ws.git('checkout', '-q', 'db-init/init.sh');
    });

    test('nothing in the workspace but the version files was written by all this', async () => {
      expect(await ws.git('status', '--porcelain')).toBe('');
      expect(await readFile(ws.path('nx.json'), 'utf8')).toContain(inject('e2e').registry);
    });
  });
}
