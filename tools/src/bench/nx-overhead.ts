/**
 * What the plugin adds to an `nx run-many` in which everything is cached, and to a command that runs no image target,
 * for 10, 100 and 1,000 generated containers; against the same workspace with run-commands targets and no plugin. An idle plugin, which has the
 * same targets from a file and hooks that do nothing, shows how much of that is nx's own.
 * Also the registry requests of an unchanged run, and the processor time that the registry takes for them, which in earnest is that of
 * another machine. Needs an engine and `docker-registry`:
 *
 *     npm run build && node tools/dist/bench/nx-overhead.js [COUNT ...] [--daemon] [--distance=MS]
 *
 * Without Nx's daemon, as in CI; with `--daemon` also with it, as on a desk. With `--distance` each answer of the registry takes so much longer.
 * Filling the cache, which builds and publishes every image once, takes a quarter of an hour for 1,000.
 */
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bases, ensureBases, installTemplate, must, packPackages, startRegistry } from '../testbed/index.js';
import { atDistance } from './distance.js';
import { idlePlugin } from './idle-plugin.js';
import { formatRatio, median, ratioOf, type Side, timeInTurns } from './ratio.js';

/** Fewer where each takes seconds. */
const roundsFor = (count: number) => (count >= 1000 ? 3 : 7);

interface Generated {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
}

const nx = (workspace: Generated, line: string, env: NodeJS.ProcessEnv = {}) =>
  must('node_modules/.bin/nx', line.split(' '), {
    cwd: workspace.root,
    env: { ...workspace.env, ...env },
    timeoutMs: 3_000_000,
  });

async function main(counts: readonly number[], daemons: readonly string[], distanceMs: number): Promise<void> {
  await ensureBases();
  const packed = await packPackages();
  const template = await installTemplate(packed, 24);
  const registry = await startRegistry();
  const far = distanceMs > 0 ? await atDistance(registry.host, distanceMs) : undefined;
  const host = far?.host ?? registry.host;
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-bench-'));
  const workspaces: Generated[] = [];
  try {
    await must('docker', ['tag', bases['debian:12'], `${registry.host}/base/debian:12`]);
    await must('docker', ['push', '-q', `${registry.host}/base/debian:12`]);
    for (const count of counts) {
      const withPlugin = await generate(join(folder, `plugin-${count}`), template, count, host);
      workspaces.push(withPlugin);
      const without = await generate(join(folder, `plain-${count}`), template, count, undefined);
      workspaces.push(without);
      const idle = await generate(join(folder, `idle-${count}`), template, count, host);
      workspaces.push(idle);
      await idlePlugin(idle.root, idle.env);
      const publish = 'run-many -t publish-image --parallel=4';
      for (const workspace of [withPlugin, without, idle]) await nx(workspace, publish);

      const asked = (await registry.requests()).length;
      const cpuMs = await registry.cpuMs();
      await nx(withPlugin, publish);
      const registryMs = (await registry.cpuMs()) - cpuMs;
      const requests = (await registry.requests()).slice(asked);
      const heads = requests.filter((request) => request.startsWith('HEAD ')).length;
      console.log(
        `${count} containers, registry requests of an unchanged run: ${requests.length}, HEAD: ${heads}, processor time of the registry: ${registryMs} ms`,
      );

      for (const daemon of daemons) {
        const env = { NX_DAEMON: daemon };
        for (const line of [publish, 'run-many -t noop']) {
          const side = (name: string, workspace: Generated): Side => ({
            name,
            run: async () => void (await nx(workspace, line, env)),
          });
          const [plain, plugin, idling] = [
            side('no plugin', without),
            side('plugin', withPlugin),
            side('idle plugin', idle),
          ];
          for (const one of [plain, plugin, idling]) await one.run();
          const times = await timeInTurns([plain, plugin, idling], roundsFor(count));
          const [plainMs = 0, pluginMs = 0, idlingMs = 0] = times.map(median);
          const what = `${count} containers, daemon ${daemon === 'true' ? 'on' : 'off'}, nx ${line}`;
          console.log(formatRatio(what, [plugin, plain], ratioOf(pluginMs, plainMs)));
          console.log(formatRatio(what, [idling, plain], ratioOf(idlingMs, plainMs)));
        }
      }
    }
  } finally {
    for (const workspace of workspaces) {
      await nx(workspace, 'daemon --stop', { NX_DAEMON: 'true' }).catch((error: unknown) => console.error(error));
    }
    await far?.stop();
    await registry.stop();
    for (const path of [packed, template, folder]) await rm(path, { recursive: true, force: true });
  }
}

/** What the plugin gives a container beside `publish-image`. */
const OTHER_TARGETS = ['build-image', 'diff-image', 'pin', 'unpin'];

/** A workspace of `count` containers; without a registry: the same projects with run-commands targets of the same names and no plugin. */
async function generate(root: string, template: string, count: number, registry?: string): Promise<Generated> {
  await mkdir(join(root, 'home'), { recursive: true });
  await must('cp', ['-al', join(template, 'node_modules'), join(root, 'node_modules')]);
  const manifest = JSON.parse(await readFile(join(template, 'package.json'), 'utf8'));
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...manifest, workspaces: undefined }));
  const plugins = registry
    ? [{ plugin: '@image-versions/nx', options: { registry: `${registry}/bench${count}`, builder: 'embedded' } }]
    : [];
  await writeFile(join(root, 'nx.json'), JSON.stringify({ analytics: false, plugins }));
  await writeFile(join(root, '.gitignore'), 'node_modules\ndist\nhome\n.nx\n');
  for (let at = 0; at < count; at++) {
    const folder = join(root, 'services', `svc-${at}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'Dockerfile'), `FROM ${registry ?? 'localhost'}/base/debian:12\nCOPY name /name\n`);
    await writeFile(join(folder, 'name'), `svc-${at}\n`);
    const noop = { command: 'true', cache: true };
    const publish = {
      command: `mkdir -p dist/out && echo ${at} > dist/out/${at}`,
      cache: true,
      outputs: [`{workspaceRoot}/dist/out/${at}`],
    };
    const others = Object.fromEntries(OTHER_TARGETS.map((name) => [name, { command: 'true' }]));
    const targets = registry ? { noop } : { noop, 'publish-image': publish, ...others };
    await writeFile(join(folder, 'project.json'), JSON.stringify({ name: `svc-${at}`, targets }));
  }
  const env = {
    ...process.env,
    HOME: join(root, 'home'),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NO_COLOR: '1',
  };
  for (const args of [
    ['init', '-q', '-b', 'main'],
    ['config', 'user.email', 'bench@example.com'],
    ['config', 'user.name', 'bench'],
    ['add', '-A'],
    ['commit', '-q', '-m', 'generated'],
  ]) {
    await must('git', args, { cwd: root, env });
  }
  await appendFile(join(root, '.git/info/exclude'), 'image_v*.src\n');
  await must('node_modules/.bin/nx', ['run-many', '-t', 'noop'], { cwd: root, env, timeoutMs: 3_000_000 });
  return { root, env };
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { daemon: { type: 'boolean', default: false }, distance: { type: 'string' } },
});
const counts = positionals.length > 0 ? positionals.map(Number) : [10, 100, 1000];
await main(counts, values.daemon ? ['false', 'true'] : ['false'], Number(values.distance ?? 0));
