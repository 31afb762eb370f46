import { freePort } from '@image-versions/oci/testing';
import { must } from '@image-versions/tools/testbed';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { describeE2e } from '../harness/describe.js';
import { Workspace } from '../harness/workspace.js';

describeE2e('what is not there is a clear message, exit code 1, and version files untouched', () => {
  let ws: Workspace;
  beforeAll(async () => {
    ws = await Workspace.create();
    await ws.mustNx('run-many -t publish-image -p db-init,rabbitmq');
    await ws.mustNx('run-many -t pin -p db-init,rabbitmq --version=v1.0.0');
    await ws.edit('db-init/init.sh', (text) => text.replace('set -eu', 'set -e'));
    await ws.commit('a change of db-init');
  });
  afterAll(() => ws?.remove());

  /** Runs what must fail; gives its output after having checked what holds for every failure. */
  const failing = async (line: string, env: NodeJS.ProcessEnv = {}) => {
    const files = await ws.versionFiles();
    const result = await ws.nx(line, { env });
    expect(result.code, result.output).toBe(1);
    expect(await ws.versionFiles()).toBe(files);
    expect(result.output).not.toMatch(/^\s+at .*\.js:\d+/m);
    return result.output;
  };

  test('the engine', async () => {
    const output = await failing('run db-init:publish-image', { DOCKER_HOST: 'unix:///var/run/nobody-here.sock' });
    expect(output).toContain('/var/run/nobody-here.sock');
    expect(output).toMatch(/engine/i);
  });

  test('the registry', async () => {
    const port = await freePort();
    const other = await Workspace.create({ registry: `localhost:${port}/acme` });
    const result = await other.nx('run db-init:publish-image');
    expect(result.code).toBe(1);
    expect(result.output).toContain(`localhost:${port}`);
    expect(await other.readIfThere('image_vars.src')).toBe('');
    await other.remove();
  });

  test('a clean tree: says what the tag would mean; --tag decides', async () => {
    await ws.append('db-init/init.sh', '# dirty\n');
    const output = await failing('run db-init:publish-image');
    expect(output).toMatch(/not committed/);
    expect(output).toContain('--tag');
    await ws.mustNx('run db-init:publish-image --tag=v1.0.1');
    expect(await ws.version('dbinit')).toBe('v1.0.1');
    await ws.commit('clean');
  });

  test('git: says so; --tag decides', async () => {
    await must('mv', ['.git', '../dot-git'], { cwd: ws.root });
    try {
      await ws.append('db-init/init.sh', '# without git\n');
      const output = await failing('run db-init:publish-image');
      expect(output).toMatch(/git/i);
      expect(output).toContain('--tag');
      await ws.mustNx('run db-init:publish-image --tag=0000042');
      expect(await ws.version('dbinit')).toBe('0000042');
    } finally {
      await must('mv', ['../dot-git', '.git'], { cwd: ws.root });
    }
    await ws.commit('with git');
  });

  test('room on the disk while the files are written', async () => {
    const other = await Workspace.create({
      plugin: { versionsFile: 'versions/image_versions.src', varsFile: 'versions/image_vars.src' },
    });
    await must('mkdir', ['versions'], { cwd: other.root });
    await must('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', other.path('versions')]);
    try {
      await other.write('versions/image_versions.src', '# ours\n');
      await must('sh', ['-c', 'head -c 16384 /dev/zero > versions/full || true'], { cwd: other.root });
      await other.commit('full');
      const result = await other.nx('run db-init:publish-image');
      expect(result.code).toBe(1);
      expect(result.output).toMatch(/ENOSPC|no space/i);
      expect(result.output).toContain('must be writable, and have room.');
      expect(await other.read('versions/image_versions.src')).toBe('# ours\n');
      expect(await must('ls', ['-A', 'versions'], { cwd: other.root })).toBe('full\nimage_versions.src');
      await must('rm', ['versions/full'], { cwd: other.root });
      await other.commit('room');
      await other.mustNx('run db-init:publish-image');
      expect(await other.read('versions/image_vars.src')).toContain('dbinit_VER=');
      expect(await other.images.tags('db-init')).toHaveLength(2);
    } finally {
      await must('umount', [other.path('versions')]);
      await other.remove();
    }
  });

  test('nothing of this used another registry than its own', () => {
    expect(ws.images.prefix).toContain(inject('e2e').registry);
  });
});
