import { readdir } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { FINGERPRINT_ANNOTATION } from '@image-versions/diff';
import { openRepositoryImages } from '@image-versions/oci';
import { type BuildKitService, startBuildKit } from '@image-versions/oci/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

const buildKit = await startBuildKit({ workers: 2 });
afterAll(() => buildKit?.stop());
const images = ['assets', 'db-init', 'rabbitmq'];
const both = [
  { os: 'linux', architecture: 'amd64' },
  { os: 'linux', architecture: 'arm64' },
];

/** The main job on a BuildKit that is reached by an address alone: each test goes on where the one before it ended. */
describeE2e(
  'on a remote BuildKit, told as one story',
  () => {
    let ws: Workspace;
    let first = '';
    beforeAll(async () => {
      const { env, instance } = buildKit as BuildKitService;
      ws = await Workspace.create({ plugin: { builder: 'buildx' } });
      Object.assign(ws.env, env);
      await ws.edit('nx.json', (text) => {
        const nxJson = JSON.parse(text);
        nxJson.targetDefaults = {
          ...nxJson.targetDefaults,
          'publish-image': { options: { builderInstance: instance } },
        };
        return JSON.stringify(nxJson, null, 2);
      });
      await ws.write('assets/Dockerfile', 'FROM scratch\nCOPY static /static\nENV ASSETS=/static\n');
      await ws.write('assets/static/index.html', '<p>one</p>\n');
      const platforms = both.map(({ os, architecture }) => `${os}/${architecture}`);
      const targets = { 'publish-image': { options: { platforms, provenance: true } } };
      await ws.write('assets/project.json', JSON.stringify({ name: 'assets', targets }));
      first = await ws.commit('assets for two platforms');
    });
    afterAll(() => ws?.remove());

    const publish = (options = '') => ws.mustNx(`run-many -t publish-image -p ${images} --parallel=3 ${options}`);
    const open = (image: string, tag: string) => openRepositoryImages(ws.images.repository(image), tag);

    test('all images are built there and published', async () => {
      await publish();
      for (const image of images) {
        // Newer BuildKits give attestations a subject, which a registry without the API of referrers lists under a tag (distribution-spec 1.1).
        const tags = (await ws.images.tags(image)).filter((tag) => !/^sha256-[0-9a-f]{64}$/.test(tag));
        expect(tags).toEqual([first, 'latest'].sort());
        expect((await ws.record(image)).builder).toMatch(/^buildx \(remote-of-tests: remote, BuildKit v/);
      }
    });

    test('of two platforms there is one index, with the attestations that were asked for', async () => {
      const published = await open('assets', first);
      expect(published.isIndex).toBe(true);
      expect(await published.readPlatforms()).toEqual(both);
      const { bytes } = await ws.images.repository('assets').fetchManifest(first);
      const { manifests } = JSON.parse(Buffer.from(bytes).toString());
      expect(manifests).toHaveLength(4);
      for (const platform of both) {
        const image = await published.open(platform);
        const about = (entry: { annotations?: Record<string, string> }) =>
          entry.annotations?.['vnd.docker.reference.digest'] === image.manifestDigest;
        expect(manifests.filter(about)).toHaveLength(1);
        expect(Object.keys(image.annotations)).toContain(FINGERPRINT_ANNOTATION);
      }
    });

    test('files have the time of the commit', async () => {
      const image = await (await open('assets', first)).open(both[0] as (typeof both)[0]);
      const time = await ws.git('log', '-1', '--format=%ct');
      expect(image.config.created).toBe(new Date(Number(time) * 1000).toISOString().replace('.000Z', 'Z'));
    });

    test('a rebuild with the same content keeps every image, and pushes nothing', async () => {
      const before = await Promise.all(images.map((image) => ws.images.tags(image)));
      for (const image of images) await ws.append(`${image}/Dockerfile`, '# the same\n');
      await ws.commit('comments');
      const files = await ws.versionFiles();
      expect(projectsThat('ran', await publish())).toEqual(images);
      for (const image of images) expect(await ws.record(image)).toMatchObject({ outcome: 'kept', tag: first });
      expect((await ws.record('assets')).comparison.decidedBy).not.toBe('content');
      expect(await Promise.all(images.map((image) => ws.images.tags(image)))).toEqual(before);
      expect(await ws.versionFiles()).toBe(files);
    });

    test('a change is published, and said for each platform', async () => {
      await ws.write('assets/static/index.html', '<p>two</p>\n');
      const sha = await ws.commit('two');
      expect(projectsThat('ran', await publish())).toEqual(['assets']);
      const { outcome, comparison } = await ws.record('assets');
      expect(outcome).toBe('published');
      const platforms = comparison.changes.map((change: { platform?: string }) => change.platform);
      expect([...new Set(platforms)].sort()).toEqual(['linux/amd64', 'linux/arm64']);
      expect(await (await open('assets', sha)).readPlatforms()).toEqual(both);
    });

    test('with pushByDigest the worker pushes; what is the same keeps its version, what changed is tagged there', async () => {
      const options = { options: { pushByDigest: true } };
      await ws.write(
        'db-init/project.json',
        JSON.stringify({ name: 'db-init', targets: { 'publish-image': options } }),
      );
      await ws.commit('pushed by digest');
      const tags = await ws.images.tags('db-init');
      await publish();
      expect(await ws.record('db-init')).toMatchObject({ outcome: 'kept' });
      expect(await ws.images.tags('db-init')).toEqual(tags);

      await ws.append('db-init/Dockerfile', 'RUN echo pushed > /pushed\n');
      const sha = await ws.commit('a change');
      const output = await ws.mustNx('run db-init:publish-image', { env: { NX_VERBOSE_LOGGING: 'true' } });
      expect(await ws.record('db-init')).toMatchObject({ outcome: 'published', tag: sha });
      expect(output).toMatch(/pushing layers/);
      expect(output).toMatch(/pushed 0 layers .* were there/);
      expect(await ws.images.digest('db-init', 'latest')).toBe((await ws.record('db-init')).digest);
    });

    test('a dry run with pushByDigest pushes nothing', async () => {
      await ws.append('db-init/Dockerfile', 'RUN echo dry > /dry\n');
      await ws.commit('not to be published');
      const output = await ws.mustNx('run db-init:publish-image --dryRun', { env: { NX_VERBOSE_LOGGING: 'true' } });
      expect(output).toContain('would be published');
      expect(output).not.toMatch(/pushing layers/);
    });

    test('a secret reaches the step, and neither output nor record', async () => {
      const base = `${inject('e2e').registry}/base/debian:12`;
      const step = 'RUN --mount=type=secret,id=token test "$(cat /run/secrets/token)" = tok-12345';
      await ws.write('secret/Dockerfile', `FROM ${base}\n${step} && echo "got $(cat /run/secrets/token)"\n`);
      const targets = { 'publish-image': { options: { secrets: ['id=token,env=TOKEN'] } } };
      await ws.write('secret/project.json', JSON.stringify({ name: 'secret', targets }));
      await ws.commit('a secret');
      const output = await ws.mustNx('run secret:publish-image', {
        env: { TOKEN: 'tok-12345', NX_VERBOSE_LOGGING: 'true' },
      });
      expect(output).toContain('got ***');
      expect(output.replaceAll(step, '')).not.toMatch(/got tok-12345/);
      expect(JSON.stringify(await ws.record('secret'))).not.toContain('tok-12345');
    });

    test('a build that fails shows why', async () => {
      await ws.write(
        'secret/Dockerfile',
        `FROM ${inject('e2e').registry}/base/debian:12\nRUN echo the reason; exit 7\n`,
      );
      await ws.commit('broken');
      const { code, output } = await ws.nx('run secret:publish-image');
      expect(code).not.toBe(0);
      expect(output).toContain('the reason');
      expect(output).toContain('exit code: 7');
    });
  },
  buildKit !== undefined,
);

/** One address for several workers, each of which gets every so-many-th build: what a service of a cluster is. */
async function inTurns(addresses: readonly string[]): Promise<{ address: string; server: Server }> {
  let next = 0;
  const server = createServer((incoming) => {
    const url = new URL(addresses[next++ % addresses.length] ?? '');
    const outgoing = connect(Number(url.port), url.hostname);
    incoming.pipe(outgoing).pipe(incoming);
    for (const socket of [incoming, outgoing])
      socket.on('error', () => [incoming, outgoing].map((end) => end.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return { address: `tcp://127.0.0.1:${address.port}`, server };
}

/** Nothing but the name of the instance says that there are several workers. */
describeE2e(
  'on several BuildKit workers',
  () => {
    const names = Array.from({ length: 6 }, (_, at) => `part-${at + 1}`);
    let ws: Workspace;
    let balancer: Server | undefined;
    beforeAll(async () => {
      const { env, workers, createInstance } = buildKit as BuildKitService;
      const [first, second] = workers.map(({ address }) => address);
      createInstance('split', [
        { address: first ?? '', platforms: ['linux/amd64'] },
        { address: second ?? '', platforms: ['linux/arm64'] },
      ]);
      const { address, server } = await inTurns(workers.map((worker) => worker.address));
      balancer = server;
      createInstance('farm', [{ address }]);
      ws = await Workspace.create({ plugin: { builder: 'buildx' }, env });
      for (const name of names) {
        await ws.write(`${name}/Dockerfile`, 'FROM scratch\nCOPY name /name\n');
        await ws.write(`${name}/name`, name);
      }
      await ws.commit('six parts');
    });
    afterAll(async () => {
      await ws?.remove();
      await new Promise((resolve) => (balancer ? balancer.close(resolve) : resolve(undefined)));
    });

    const publish = (instance: string, projects: readonly string[]) =>
      ws.mustNx(`run-many -t publish-image -p ${projects} --parallel=6`, { env: { BUILDX_BUILDER: instance } });

    /** How many blobs each worker has made or fetched so far. */
    const blobs = () =>
      Promise.all(
        (buildKit as BuildKitService).workers.map(async ({ root }) => {
          const files = await readdir(root, { recursive: true });
          return files.filter((file) => /\/content\/blobs\/sha256\/[0-9a-f]{64}$/.test(file)).length;
        }),
      );
    const grown = async (build: () => Promise<unknown>): Promise<number[]> => {
      const before = await blobs();
      await build();
      const after = await blobs();
      return after.map((count, at) => count - (before[at] ?? 0));
    };

    test('images are spread over workers behind one address', async () => {
      const sha = await ws.head();
      const [one = 0, two = 0] = await grown(() => publish('farm', names));
      expect(one).toBeGreaterThan(0);
      expect(two).toBeGreaterThan(0);
      for (const name of names) {
        expect(await ws.images.digest(name, sha)).toBe(await ws.images.digest(name, 'latest'));
        expect((await ws.record(name)).builder).toMatch(/^buildx \(farm: remote, BuildKit v/);
      }
    });

    test('the platforms of each image are built on the nodes that have them', async () => {
      for (const name of names.slice(0, 3)) {
        const options = { platforms: ['linux/amd64', 'linux/arm64'], pushByDigest: name === names[0] };
        const targets = { 'publish-image': { options } };
        await ws.write(`${name}/project.json`, JSON.stringify({ name, targets }));
        await ws.write(`${name}/name`, `${name}, for two platforms`);
      }
      const sha = await ws.commit('two platforms');
      const [one = 0, two = 0] = await grown(() => publish('split', names.slice(0, 3)));
      expect(one).toBeGreaterThanOrEqual(3);
      expect(two).toBeGreaterThanOrEqual(3);
      for (const name of names.slice(0, 3)) {
        const images = await openRepositoryImages(ws.images.repository(name), sha);
        expect(await images.readPlatforms()).toEqual(both);
      }
    });

    test('another instance changes no image: what is the same stays where it is', async () => {
      for (const name of names.slice(3)) await ws.append(`${name}/Dockerfile`, '# the same\n');
      await ws.commit('comments');
      const [tags, files] = [await ws.images.tags('part-6'), await ws.versionFiles()];
      await publish('split', names.slice(3));
      for (const name of names.slice(3)) expect(await ws.record(name)).toMatchObject({ outcome: 'kept' });
      expect(await ws.images.tags('part-6')).toEqual(tags);
      expect(await ws.versionFiles()).toBe(files);
    });
  },
  buildKit !== undefined,
);
