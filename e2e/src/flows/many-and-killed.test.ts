import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { startCacheServer, startFaultProxy } from '@image-versions/tools/testbed';
import { expect, inject, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { projectsThat } from '../harness/tasks.js';
import { Workspace } from '../harness/workspace.js';

/** What of a folder for temporary files this project has put there. */
const ours = (names: readonly string[]) => names.filter((name) => name.startsWith('image-'));

describeE2e('12: killed at any moment, or many at once', () => {
  test('twelve containers published with --parallel=6: every version lands in the files', async () => {
    const ws = await Workspace.create();
    const names = Array.from({ length: 12 }, (_, at) => `svc-${at + 1}`);
    for (const name of names) {
      await ws.write(`services/${name}/Dockerfile`, 'FROM scratch\nCOPY name /name\n');
      await ws.write(`services/${name}/name`, name);
    }
    const sha = await ws.commit('twelve');
    await ws.mustNx(`run-many -t publish-image -p ${names.join(',')} --parallel=6`);
    for (const name of names) {
      expect(await ws.version(name.replace('-', ''))).toBe(sha);
      expect(await ws.images.digest(name, sha)).toBe((await ws.vars(`${name.replace('-', '')}_DIGEST`))[0]);
    }
    await ws.remove();
  });

  test('two runs at once on different images: both land', async () => {
    const ws = await Workspace.create();
    const sha = await ws.head();
    const [one, two] = await Promise.all([ws.nx('run db-init:publish-image'), ws.nx('run rabbitmq:publish-image')]);
    expect([one.code, two.code], one.output + two.output).toEqual([0, 0]);
    expect([await ws.version('dbinit'), await ws.version('rabbitmq')]).toEqual([sha, sha]);
    await ws.remove();
  });

  test('SIGKILL between push and record: the next run ends in the right state and pushes nothing twice', async () => {
    const { registry } = inject('e2e');
    let onManifest: (() => void) | undefined;
    const isManifestPut = (request: IncomingMessage) =>
      request.method === 'PUT' && /\/manifests\//.test(request.url ?? '') && onManifest !== undefined;
    const proxy = await startFaultProxy(registry, (request) => {
      if (!isManifestPut(request)) return true;
      onManifest?.();
      return false;
    });
    const ws = await Workspace.create({ registry: `${proxy.host}/killed${process.pid}` });
    try {
      await ws.mustNx('run db-init:publish-image');
      await ws.mustNx('run db-init:pin --version=v1.0.0');
      await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'set -e'));
      const sha = await ws.commit('change');
      const files = await ws.versionFiles();

      await new Promise<void>((resolve) => {
        const child = spawn('node_modules/.bin/nx', ['run', 'db-init:publish-image'], {
          cwd: ws.root,
          env: ws.env,
          stdio: 'ignore',
          detached: true,
        });
        onManifest = () => {
          onManifest = undefined;
          process.kill(-(child.pid ?? 0), 'SIGKILL');
        };
        child.once('exit', () => resolve());
      });
      expect(await ws.versionFiles()).toBe(files);
      const pushed = await ws.images.digest('db-init', sha);
      expect(pushed).toBeDefined();

      proxy.requests.length = 0;
      await ws.mustNx('run db-init:publish-image');
      expect(await ws.version('dbinit')).toBe(sha);
      expect(await ws.images.digest('db-init', sha)).toBe(pushed);
      expect(await ws.images.digest('db-init', 'latest')).toBe(pushed);
      expect(proxy.requests.filter((request) => /^(POST|PATCH) |^PUT .*\/blobs\//.test(request))).toEqual([]);
    } finally {
      await ws.remove();
      await proxy.stop();
    }
  });

  test('Ctrl-C while it pushes: nothing stays in the folder for temporary files, and the version files are as they were', async () => {
    let onUpload: (() => void) | undefined;
    const proxy = await startFaultProxy(inject('e2e').registry, ({ method, url = '' }) => {
      if (method === 'POST' && url.includes('/blobs/uploads/')) onUpload?.();
      return true;
    });
    const ws = await Workspace.create({ registry: `${proxy.host}/stopped${process.pid}` });
    const scratch = await mkdtemp(join(ws.home, 'tmp-'));
    const left: string[][] = [];
    try {
      const code = await new Promise<number | null>((resolve) => {
        const child = spawn('node_modules/.bin/nx', ['run', 'db-init:publish-image'], {
          cwd: ws.root,
          env: { ...ws.env, TMPDIR: scratch },
          stdio: 'ignore',
          detached: true,
        });
        onUpload = () => {
          onUpload = undefined;
          left.push(ours(readdirSync(scratch)));
          process.kill(-(child.pid ?? 0), 'SIGINT');
        };
        child.once('exit', resolve);
      });
      expect(code).toBe(130);
      expect(left).toEqual([[expect.stringMatching(/^image-versions-publish-/)]]);
      expect(ours(readdirSync(scratch))).toEqual([]);
      expect(await ws.readIfThere('image_vars.src')).toBe('');
      await ws.mustNx('run db-init:publish-image');
      expect(await ws.version('dbinit')).toBe(await ws.head());
    } finally {
      await ws.remove();
      await proxy.stop();
    }
  });

  test('killed between the two files: whichever was written, the next run ends right and publishes nothing', async () => {
    const ws = await Workspace.create();
    const only = '-p db-init,rabbitmq';
    await ws.mustNx(`run-many -t publish-image ${only}`);
    const published = await ws.readIfThere('image_versions.src');
    await ws.mustNx(`run-many -t pin ${only} --version=v1.0.0`);
    await ws.commit('v1.0.0');
    const pinned = { versions: await ws.read('image_versions.src'), vars: await ws.read('image_vars.src') };

    // A line comes: the versions file is written first. Killed there, the vars file is that of before.
    await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'set -e'));
    const sha = await ws.commit('change');
    await ws.mustNx(`run-many -t publish-image ${only}`);
    const done = { versions: await ws.read('image_versions.src'), vars: await ws.read('image_vars.src') };
    const tags = await ws.images.tags('db-init');

    // A line goes: the vars file is written first. Killed there, the versions file still has the line.
    await ws.write('image_versions.src', pinned.versions);
    await ws.mustNx(`run-many -t publish-image ${only}`);
    expect({ versions: await ws.read('image_versions.src'), vars: await ws.read('image_vars.src') }).toEqual(done);

    await ws.mustNx('run db-init:pin --version=v1.0.1');
    const released = { versions: await ws.read('image_versions.src'), vars: await ws.read('image_vars.src') };
    await ws.write('image_vars.src', done.vars);
    const output = await ws.mustNx(`run-many -t publish-image ${only}`);
    expect(projectsThat('ran', output)).toEqual([]);
    expect({ versions: await ws.read('image_versions.src'), vars: await ws.read('image_vars.src') }).toEqual(released);
    expect(await ws.images.tags('db-init')).toEqual([...tags, 'v1.0.1'].sort());
    expect(sha).not.toBe('');
    expect(published).not.toContain('_VER="v1.0.0"');
    await ws.remove();
  });

  test('10: a second machine with the remote cache takes every decision from it and ends with the same files', async () => {
    const cache = await startCacheServer();
    const ws = await Workspace.create({ plugin: { builder: 'docker' } });
    const only = '-t publish-image -p db-init,rabbitmq,bgs-api';
    try {
      await ws.mustNx(`run-many ${only}`, { env: cache.env });
      const other = await ws.clone();
      const noEngine = { DOCKER_HOST: 'unix:///var/run/nobody-here.sock' };
      const output = await other.mustNx(`run-many ${only}`, { env: { ...cache.env, ...noEngine } });
      expect(projectsThat('cached', output)).toEqual(['bgs-api', 'db-init', 'rabbitmq']);
      expect(await other.versionFiles()).toBe(await ws.versionFiles());
      await other.remove();
    } finally {
      await ws.remove();
      await cache.stop();
    }
  });
});
