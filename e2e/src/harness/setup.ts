/** Once for a test run: packs, starts the registry, makes and pushes the base images. Given to the tests as `e2e`. */

import { rm } from 'node:fs/promises';
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
    project.provide('e2e', { available, packed: '', templates: {}, registry: '' });
    return async () => undefined;
  }
  const majors = (process.env.IMAGE_VERSIONS_NX ?? '22,23,24').split(',').map(Number) as NxMajor[];
  const packed = await packPackages();
  const [registry, ...templates] = await Promise.all([
    startWithBases(),
    ...majors.map((major) => installTemplate(packed, major)),
  ]);
  project.provide('e2e', {
    available,
    packed,
    templates: Object.fromEntries(majors.map((major, at) => [major, templates[at]])),
    registry: registry.host,
  });
  return async () => {
    await registry.stop();
    for (const folder of [packed, ...templates]) await rm(folder, { recursive: true, force: true });
  };
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
