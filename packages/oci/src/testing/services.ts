import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithThis, freePort } from './processes.js';

const ANSWER_TIMEOUT_MS = 2000;
const START_TIMEOUT_MS = 10_000;

/** A real registry that speaks plain HTTP. */
interface RealRegistry {
  readonly host: string;
  stop(): Promise<void>;
}

/**
 * `describe` for tests on a real registry: the one named in `IMAGE_VERSIONS_TEST_REGISTRY`, else one that is started for this file (the
 * `docker-registry` program), else one at `localhost:5000`. Where there is none the tests are left out with one loud line; with
 * `IMAGE_VERSIONS_REQUIRE_ENGINE=1` that is an error.
 */
export async function describeWithRegistry(name: string, define: (host: string) => void): Promise<void> {
  // Here and not above, so that this folder's builders can be used outside of a test run.
  const { afterAll, describe } = await import('vitest');
  const registry = await findRegistry();
  if (registry === undefined) {
    const message = `"${name}": no real registry: install docker-registry, or start one at localhost:5000`;
    if (process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1') throw new Error(message);
    console.warn(`LEFT OUT: ${message}`);
  }
  describe.runIf(registry !== undefined)(name, () => {
    afterAll(() => registry?.stop());
    define(registry?.host ?? 'localhost:5000');
  });
}

async function findRegistry(): Promise<RealRegistry | undefined> {
  const named = process.env.IMAGE_VERSIONS_TEST_REGISTRY;
  const stop = async (): Promise<void> => {};
  if (named !== undefined) return (await answers(named)) ? { host: named, stop } : undefined;
  const installed = spawnSync('docker-registry', ['--version'], { stdio: 'ignore' }).error === undefined;
  if (installed) return startRegistry();
  return (await answers('localhost:5000')) ? { host: 'localhost:5000', stop } : undefined;
}

async function startRegistry(): Promise<RealRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'image-versions-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: host },
  };
  await writeFile(join(folder, 'config.yml'), JSON.stringify(config));
  const child = spawn('docker-registry', ['serve', join(folder, 'config.yml')], { stdio: 'ignore' });
  const end = endWithThis(child);
  const stop = async (): Promise<void> => {
    await end();
    await rm(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await answers(host))) {
    if (Date.now() < deadline && child.exitCode === null) continue;
    await stop();
    throw new Error(`docker-registry was started on ${host}, and does not answer`);
  }
  return { host, stop };
}

async function answers(host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}/v2/`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
    return response.ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return false;
  }
}
