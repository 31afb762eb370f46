import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThis, freePort } from './processes.js';

/** BuildKit workers that listen on loopback, and an instance of docker buildx that builds on the first, as on one far away. */
export interface BuildKitService {
  /** Name of the instance. */
  readonly instance: string;
  readonly workers: readonly BuildKitWorker[];
  /** What a process needs in its environment to use it. */
  readonly env: { readonly DOCKER_CONFIG: string };
  /** Makes a further instance, of these nodes. */
  createInstance(name: string, nodes: readonly BuildKitNode[]): void;
  /** Ends them, and removes all that they hold. */
  stop(): Promise<void>;
}

export interface BuildKitWorker {
  /** `tcp://127.0.0.1:<port>` */
  readonly address: string;
  /** The folder with what it has built. */
  readonly root: string;
}

/** A node of an instance: an address, and the platforms that are built there, if not all. */
export interface BuildKitNode {
  readonly address: string;
  readonly platforms?: readonly string[];
}

const START_TIMEOUT_MS = 60_000;

/**
 * Starts the programs that IMAGE_VERSIONS_BUILDKITD and IMAGE_VERSIONS_BUILDX name, else those on the PATH; docs/builders.md says how
 * to get them. `undefined` where one is missing, or where the user is not root, which one loud line says: no run of tests needs them.
 */
export async function startBuildKit({ workers: count = 1 } = {}): Promise<BuildKitService | undefined> {
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
  const workers = await Promise.all(
    Array.from({ length: count }, (_, at) => startWorker(buildkitd, join(folder, `worker-${at}`))),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  const env = { DOCKER_CONFIG: join(folder, 'config') };
  const docker = (...args: string[]) =>
    spawnSync('docker', ['buildx', ...args], { env: { ...process.env, ...env }, encoding: 'utf8' });
  const createInstance = (name: string, nodes: readonly BuildKitNode[]): void => {
    for (const [at, { address, platforms }] of nodes.entries()) {
      const flags = [...(at > 0 ? ['--append'] : []), ...(platforms ? [`--platform=${platforms.join(',')}`] : [])];
      const { status, stderr } = docker('create', `--name=${name}`, '--driver=remote', ...flags, address);
      if (status !== 0) throw new Error(`docker buildx create of ${name} at ${address} failed: ${stderr}`);
    }
  };
  const instance = 'remote-of-tests';
  try {
    const nodes = workers.map(({ address }) => ({ address }));
    createInstance(instance, nodes.slice(0, 1));
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (const [at, worker] of workers.entries()) {
      const name = at === 0 ? instance : `${instance}-${at}`;
      if (at > 0) createInstance(name, [worker]);
      while (!/^Status:\s+running/m.test(docker('inspect', name).stdout)) {
        if (Date.now() > deadline || worker.said.ended) {
          throw new Error(`buildkitd does not answer at ${worker.address}: ${worker.said.text}`);
        }
        await sleep(200);
      }
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { instance, workers, env, createInstance, stop };
}

async function startWorker(buildkitd: string, root: string) {
  const address = `tcp://127.0.0.1:${await freePort()}`;
  const child = spawn(
    buildkitd,
    [
      `--addr=${address}`,
      `--root=${root}`,
      `--otel-socket-path=${join(root, 'otel.sock')}`,
      '--oci-worker-binary=runc',
      '--oci-worker-net=host',
      '--containerd-worker=false',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const said = { text: '', ended: false };
  child.stderr.on('data', (data: Buffer) => {
    said.text = (said.text + data.toString()).slice(-4000);
  });
  child.once('exit', () => {
    said.ended = true;
  });
  const end = endWithThis(child);
  return { address, root, said, stop: end };
}

const runs = (program: string): boolean => spawnSync('which', [program], { stdio: 'ignore' }).status === 0;
