import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEngine } from '../source/connect-engine.js';

/** Podman behind Docker's API, with images of its own. */
export interface PodmanService {
  /** What a process needs in its environment to use it. */
  readonly env: { readonly DOCKER_HOST: string; readonly CONTAINERS_CONF: string };
  /** Start of a command line of Podman's own client, which works on the same images. */
  readonly client: readonly string[];
  /** Ends it, and removes all that it holds. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

/**
 * Starts Podman's service on a socket in a temporary folder. `undefined` where there is no Podman, which one loud line says; with
 * IMAGE_VERSIONS_REQUIRE_ENGINE=1 that is an error. Wants root, since containers of users need settings of the machine.
 */
export async function startPodman(): Promise<PodmanService | undefined> {
  if (spawnSync('podman', ['--version'], { stdio: 'ignore' }).error !== undefined || process.getuid?.() !== 0) {
    const message = 'tests on Podman need root, and the program podman: install Debian\'s packages "podman" and "runc"';
    if (process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1') throw new Error(message);
    console.warn(`\n!!! LEFT OUT: ${message}\n`);
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-podman-'));
  const at = (name: string): string => join(folder, name);
  await writeFile(at('containers.conf'), containersConf());
  const host = `unix://${at('podman.sock')}`;
  const env = { DOCKER_HOST: host, CONTAINERS_CONF: at('containers.conf') };
  const folders = [`--root=${at('root')}`, `--runroot=${at('run')}`, `--tmpdir=${at('tmp')}`];
  const child = spawn('podman', [...folders, 'system', 'service', '--time=0', host], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env },
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-2000);
  });
  const killed = (): boolean => child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killed);
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    // Podman mounts its storage onto itself.
    spawnSync('umount', ['--lazy', at('root/overlay')], { stdio: 'ignore' });
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while ((await connectEngine({ env }).catch(() => undefined)) === undefined) {
    if (Date.now() < deadline && child.exitCode === null) await sleep(100);
    else {
      await stop();
      throw new Error(`podman system service does not answer at ${host}: ${said}`);
    }
  }
  return { env, client: ['podman', ...folders], stop };
}

/**
 * runc where it is there, since crun (1.8) refuses machines with both versions of cgroups. Podman's own limits lie above what the
 * machine may allow a container, whose RUN steps then fail; no systemd is expected.
 */
function containersConf(): string {
  const hasRunc = spawnSync('runc', ['--version'], { stdio: 'ignore' }).error === undefined;
  return [
    '[engine]',
    ...(hasRunc ? ['runtime = "runc"'] : []),
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    '[containers]',
    'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]',
    '',
  ].join('\n');
}
