/** Once for a test run: packs, starts the registry and Podman, makes and pushes the base images. Given to the tests as `e2e`. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PodmanService, startPodman } from '@image-versions/oci/testing';
import {
  bases,
  command,
  ensureBases,
  installTemplate,
  must,
  type NxMajor,
  packPackages,
  type RunningRegistry,
  startRegistry,
} from '@image-versions/tools/testbed';
import type { TestProject } from 'vitest/node';

export interface E2e {
  /** False: nothing that needs an engine or registry can run here. */
  readonly available: boolean;
  readonly packed: string;
  readonly templates: Partial<Record<NxMajor, string>>;
  /** `localhost:<port>` of a registry that holds `base/<name>`. */
  readonly registry: string;
  /** Absent where there is no Podman. */
  readonly podman?: Pick<PodmanService, 'env' | 'client'>;
  /** Where all workspaces keep what they have read of layers, as those of one person do. */
  readonly layers: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    e2e: E2e;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const available =
    (await command('docker', ['version'])).code === 0 &&
    (await command('docker-registry', ['--version']).catch(() => undefined)) !== undefined;
  if (!available) {
    if (process.env.IMAGE_VERSIONS_REQUIRE_ENGINE === '1') {
      throw new Error('IMAGE_VERSIONS_REQUIRE_ENGINE=1, and there is no Docker engine or no docker-registry here.');
    }
    project.provide('e2e', { available, packed: '', templates: {}, registry: '', layers: '' });
    return async () => undefined;
  }
  const majors = (process.env.IMAGE_VERSIONS_NX ?? '22,23,24').split(',').map(Number) as NxMajor[];
  const packed = await packPackages();
  const layers = await mkdtemp(join(tmpdir(), 'image-versions-layers-'));
  const [registry, podman, ...templates] = await Promise.all([
    startWithBases(),
    startPodman(),
    ...majors.map((major) => installTemplate(packed, major)),
  ]);
  project.provide('e2e', {
    available,
    packed,
    templates: Object.fromEntries(majors.map((major, at) => [major, templates[at]])),
    registry: registry.host,
    ...(podman && { podman: { env: podman.env, client: podman.client } }),
    layers,
  });
  return async () => {
    await podman?.stop();
    await removeImages(registry.host);
    await registry.stop();
    for (const folder of [packed, layers, ...templates]) await rm(folder, { recursive: true, force: true });
  };
}

/** What Docker holds under names of the run's registry; whatever else it has is not ours. */
async function removeImages(host: string): Promise<void> {
  const all = await must('docker', ['images', '--format={{.Repository}}:{{.Tag}}']);
  const ours = all.split('\n').filter((name) => name.startsWith(`${host}/`) && !name.endsWith(':<none>'));
  if (ours.length > 0) await command('docker', ['rmi', '-f', ...ours]);
}

async function startWithBases(): Promise<RunningRegistry> {
  await ensureBases();
  const registry = await startRegistry();
  for (const [name, image] of Object.entries(bases)) {
    const reference = `${registry.host}/base/${name}`;
    await must('docker', ['tag', image, reference]);
    await must('docker', ['push', '-q', reference]);
  }
  return registry;
}
