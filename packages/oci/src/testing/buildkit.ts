import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A BuildKit that listens on loopback, and an instance of docker buildx that builds on it, as on one far away. */
export interface BuildKitService {
  /** Name of the instance. */
  readonly instance: string;
  /** What a process needs in its environment to use it. */
  readonly env: { readonly DOCKER_CONFIG: string };
  /** Ends it, and removes all that it holds. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 60_000;

/**
 * Starts the programs that IMAGE_VERSIONS_BUILDKITD and IMAGE_VERSIONS_BUILDX name, else those on the PATH; docs/builders.md says how
 * to get them. `undefined` where one is missing, or where the user is not root, which one loud line says: no run of tests needs them.
 */
export async function startBuildKit(): Promise<BuildKitService | undefined> {
  const buildkitd = process.env.IMAGE_VERSIONS_BUILDKITD ?? 'buildkitd';
  const buildx = process.env.IMAGE_VERSIONS_BUILDX ?? 'docker-buildx';
  const missing = [buildkitd, buildx, 'docker', 'runc'].filter((program) => !runs(program));
  if (missing.length > 0 || process.getuid?.() !== 0) {
    console.warn(
      `\n!!! LEFT OUT: tests on a remote BuildKit need root and ${missing.join(', ') || 'nothing else'}: set IMAGE_VERSIONS_BUILDKITD and IMAGE_VERSIONS_BUILDX (docs/builders.md)\n`,
    );
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-buildkit-'));
  const plugins = join(folder, 'config/cli-plugins');
  await mkdir(plugins, { recursive: true });
  await symlink(spawnSync('which', [buildx], { encoding: 'utf8' }).stdout.trim(), join(plugins, 'docker-buildx'));
  const address = `tcp://127.0.0.1:${await freePort()}`;
  const child = spawn(
    buildkitd,
    [
      `--addr=${address}`,
      `--root=${join(folder, 'root')}`,
      '--oci-worker-binary=runc',
      '--oci-worker-net=host',
      '--containerd-worker=false',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4000);
  });
  const killed = (): boolean => child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killed);
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  const env = { DOCKER_CONFIG: join(folder, 'config') };
  const instance = 'remote-of-tests';
  const docker = (...args: string[]) =>
    spawnSync('docker', ['buildx', ...args], { env: { ...process.env, ...env }, encoding: 'utf8' });
  const created = docker('create', `--name=${instance}`, '--driver=remote', address);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (created.status === 0 && Date.now() < deadline && child.exitCode === null) {
    if (/^Status:\s+running/m.test(docker('inspect', instance).stdout)) return { instance, env, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`buildkitd does not answer at ${address}: ${created.stderr}${said}`);
}

const runs = (program: string): boolean => spawnSync('which', [program], { stdio: 'ignore' }).status === 0;

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill();
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
