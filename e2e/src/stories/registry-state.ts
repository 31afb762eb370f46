import { createHash } from 'node:crypto';
import { bases, must, startFaultProxy } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeOn } from '../harness/describe.js';
import type { TestEngine } from '../harness/engines.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

/** What is in the registry decides, too. `whole`: with the steps that no engine takes part in, which one engine is enough for. */
export function registryState(engine: TestEngine, { whole }: { readonly whole: boolean }): void {
  const testOnce = whole ? test : () => undefined;

  describeOn(engine, 'what the registry holds is looked at', () => {
    let ws: Workspace;
    beforeAll(async () => {
      ws = await Workspace.create({ env: engine.env });
      await ws.mustNx('run-many -t publish-image --parallel=6 -p db-init,rabbitmq,bgs-api');
      await ws.mustNx('run-many -t pin --version=v1.0.0 -p db-init,rabbitmq,bgs-api');
      await ws.commit('v1.0.0');
    });
    afterAll(() => ws?.remove());

    const forget = async (image: string, digest: string) => {
      const answer = await fetch(`http://${ws.images.prefix.replace('/', `/v2/`)}/${image}/manifests/${digest}`, {
        method: 'DELETE',
      });
      expect(answer.status).toBe(202);
    };

    test('14: a dry run decides and reports, and neither pushes nor writes versions', async () => {
      await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'set -e'));
      await ws.commit('change');
      const files = await ws.versionFiles();
      const tags = await ws.images.tags('db-init');
      const output = await ws.mustNx('run db-init:publish-image --dryRun');
      expect(output).toMatch(/would/i);
      expect(output).toContain('usr/local/bin/init');
      expect(await ws.versionFiles()).toBe(files);
      expect(await ws.images.tags('db-init')).toEqual(tags);
      await ws.git('revert', '--no-edit', 'HEAD');
    });

    test('13: mode all publishes every image as the commit and leaves the pins alone', async () => {
      const sha = await ws.commit('rescan');
      const pins = await ws.read('image_versions.src');
      await ws.mustNx('run-many -t publish-image -p db-init,rabbitmq --mode=all');
      expect(await ws.images.tags('db-init')).toContain(sha);
      expect(await ws.images.tags('rabbitmq')).toContain(sha);
      expect(await ws.read('image_versions.src')).toBe(pins);
      expect(await ws.version('dbinit')).toBe('v1.0.0');
    });

    test('13: mode pinned_only publishes an image at its pinned version if that tag does not exist', async () => {
      await ws.edit('image_versions.src', (text) => text.replace('bgsapi_VER="v1.0.0"', 'bgsapi_VER="v1.0.7"'));
      await ws.commit('as the release says');
      const pins = await ws.read('image_versions.src');
      await ws.mustNx('run-many -t publish-image -p bgs-api,rabbitmq --mode=pinned_only');
      expect(await ws.images.tags('bgs-api')).toContain('v1.0.7');
      expect(await ws.read('image_versions.src')).toBe(pins);
      const again = await ws.mustNx('run bgs-api:publish-image --mode=pinned_only');
      expect(again).toMatch(/exists/);
      await ws.commit('published');
    });

    testOnce('any other mode is an error that names the three', async () => {
      const result = await ws.nx('run bgs-api:publish-image --mode=some');
      expect(result.code).toBe(1);
      for (const mode of ['only_changed', 'all', 'pinned_only']) expect(result.output).toContain(mode);
    });

    test('11: an existing tag is never overwritten with other content', async () => {
      const before = await ws.images.digest('rabbitmq', 'v1.0.0');
      await ws.append('rabbitmq/rabbitmq.conf', 'heartbeat = 20\n');
      await ws.commit('heartbeat');
      const result = await ws.nx('run rabbitmq:publish-image --tag=v1.0.0');
      expect(result.code).toBe(1);
      expect(result.output).toContain('v1.0.0');
      expect(await ws.images.digest('rabbitmq', 'v1.0.0')).toBe(before);
      await ws.git('revert', '--no-edit', 'HEAD');
    });

    testOnce(
      '9: a pinned tag that points at another digest is an error that names both, restored from the cache or not',
      async () => {
        await ws.mustNx('run-many -t publish-image -p db-init,rabbitmq');
        const pinned = (await ws.images.digest('rabbitmq', 'v1.0.0')) ?? '';
        const other = await ws.images.repository('rabbitmq').fetchManifest(pinned);
        const manifest = JSON.parse(Buffer.from(other.bytes).toString());
        manifest.annotations = { ...manifest.annotations, moved: 'yes' };
        const bytes = Buffer.from(JSON.stringify(manifest));
        const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const;
        const moved = { bytes, descriptor: { ...other.descriptor, digest, size: bytes.length } };
        await ws.images.repository('rabbitmq').pushManifest(moved, 'v1.0.0');
        const files = await ws.versionFiles();
        for (const flags of ['', '--skip-nx-cache']) {
          const result = await ws.nx(`run-many -t publish-image -p db-init,rabbitmq ${flags}`);
          expect(result.code).toBe(1);
          for (const text of ['rabbitmq', 'v1.0.0', pinned, digest, 'nx run rabbitmq:unpin'])
            expect(result.output).toContain(text);
          expect(await ws.versionFiles()).toBe(files);
        }
        await ws.images.repository('rabbitmq').pushManifest(other, 'v1.0.0');
      },
    );

    testOnce('9: a pinned tag that is gone is an error that says the way out, and the way out works', async () => {
      const files = await ws.versionFiles();
      const [pinned = ''] = await ws.vars('rabbitmq_DIGEST');
      await forget('rabbitmq', pinned);
      const result = await ws.nx('run-many -t publish-image -p db-init,rabbitmq');
      expect(result.code).toBe(1);
      for (const text of ['rabbitmq', 'v1.0.0', pinned, 'nx run rabbitmq:unpin']) expect(result.output).toContain(text);
      expect(await ws.versionFiles()).toBe(files);
      await ws.edit('image_versions.src', (text) => text.replace(/^rabbitmq_VER=.*\n/m, ''));
      const sha = await ws.commit('way out');
      await ws.mustNx('run-many -t publish-image -p db-init,rabbitmq');
      expect(await ws.version('rabbitmq')).toBe(sha);
    });

    testOnce('9: of an image that is not pinned the same, and what the way out published is not undone', async () => {
      const [digest = ''] = await ws.vars('rabbitmq_DIGEST');
      await forget('rabbitmq', digest);
      const sha = await ws.commit('cleaned up');
      const result = await ws.nx('run-many -t publish-image -p db-init,rabbitmq');
      expect(result.code).toBe(1);
      for (const text of [digest, 'nx run rabbitmq:publish-image --skip-nx-cache'])
        expect(result.output).toContain(text);
      await ws.mustNx('run rabbitmq:publish-image --skip-nx-cache');
      await ws.commit('way out');
      const files = await ws.versionFiles();
      for (const ran of [['rabbitmq'], []]) {
        const output = await ws.mustNx('run-many -t publish-image -p db-init,rabbitmq');
        expect(projectsThat('ran', output)).toEqual(ran);
        expect(await ws.version('rabbitmq')).toBe(sha);
        expect(await ws.versionFiles()).toBe(files);
      }
    });
  });

  describeOn(engine, '8: a base image that moved', () => {
    const onBase = ['api-gateway', 'dashboard', 'db-init', 'rabbitmq'];
    const all = [...onBase, 'bgs-api', 'cc-app'];
    const base = bases['debian:12'];
    let ws: Workspace;
    beforeAll(async () => {
      ws = await Workspace.create({ env: engine.env });
      for (const file of onBase) {
        await ws.edit(`${file}/Dockerfile`, (text) => text.replace(/^FROM .*$/m, `FROM ${ws.images.prefix}/base:12`));
      }
      await push(base);
      await ws.commit('a base of our own');
      await ws.mustNx(`run-many -t publish-image --parallel=6 -p ${all}`);
      await ws.mustNx(`run-many -t pin --version=v1.0.0 -p ${all}`);
      await ws.commit('v1.0.0');
    });
    afterAll(() => ws?.remove());

    const push = async (image: string) => {
      await must('docker', ['tag', image, `${ws.images.prefix}/base:12`]);
      await must('docker', ['push', '-q', `${ws.images.prefix}/base:12`]);
      await must('docker', ['rmi', `${ws.images.prefix}/base:12`]);
    };

    test('rebuilds exactly the images on it, and publishes those that it changed', async () => {
      const dockerfile = `FROM ${base}\nRUN echo fixed > /usr/lib/security-fix\n`;
      await must('docker', ['build', '-q', '-t', `moved-${process.pid}`, '-'], { stdin: dockerfile });
      await push(`moved-${process.pid}`);
      await must('docker', ['rmi', `moved-${process.pid}`]);
      const sha = await ws.head();
      const output = await ws.mustNx(`run-many -t publish-image --parallel=6 -p ${all}`);
      expect(projectsThat('ran', output)).toEqual(onBase);
      expect(await ws.version('dbinit')).toBe(sha);
      expect(await ws.version('ccapp')).toBe('v1.0.0');
      const record = await ws.record('db-init');
      expect(record.comparison.categories).toEqual(['base-image']);
      expect(JSON.stringify(record.comparison.changes)).toContain('/usr/lib/security-fix');
    });

    testOnce('its digest is asked once for each distinct base, for all images together', async () => {
      const proxy = await startFaultProxy(inject('e2e').registry, () => true);
      const [, prefix = ''] = ws.images.prefix.split('/');
      for (const file of onBase) {
        await ws.edit(`${file}/Dockerfile`, (text) =>
          text.replace(/^FROM .*$/m, `FROM ${proxy.host}/${prefix}/base:12`),
        );
      }
      try {
        // The engine asks too when it pulls; after this it has the base.
        await ws.mustNx(`run-many -t publish-image --dryRun -p ${onBase}`);
        proxy.requests.length = 0;
        await ws.mustNx(`run-many -t publish-image --dryRun -p ${onBase}`);
        const asked = proxy.requests.filter((request) => request.includes('/base/manifests/12'));
        expect(asked).toEqual([`HEAD /v2/${prefix}/base/manifests/12`]);
      } finally {
        await proxy.stop();
      }
    });
  });
}
