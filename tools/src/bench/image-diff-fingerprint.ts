/** How many bytes of layers are read from the registry when an image that we published is compared with a rebuild. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createPolicy, fingerprintAnnotations } from '@image-versions/diff';
import { createRegistryClient, type Image, openImages, publishImage } from '@image-versions/oci';
import type { RunningRegistry } from '../testbed/index.js';
import type { BenchImages, Variant } from './image-diff-images.js';
import { ours } from './image-diff-programs.js';
import { measure } from './measured.js';

export async function measureFingerprint(
  images: BenchImages,
  registry: RunningRegistry,
  folder: string,
): Promise<void> {
  const published = (variant: Variant) => `${registry.host}/bench/published-${images.megabytes}:${variant}`;
  const sizes = new Map<string, number>();
  for (const variant of ['first', 'noise'] as const) {
    for (const [digest, size] of await publish(images.engine[variant], published(variant))) sizes.set(digest, size);
  }
  for (const [name, after] of [
    ['engine', `daemon://${images.engine.noise}`],
    ['registry', `remote://${published('noise')}`],
  ] as const) {
    const asked = (await registry.requests()).length;
    const cache = join(folder, `fingerprint-${name}`);
    const result = await measure(process.execPath, [
      ours,
      'compare',
      '--json',
      '-c',
      cache,
      `remote://${published('first')}`,
      after,
    ]);
    const requests = (await registry.requests()).slice(asked);
    const bytes = requests
      .filter((request) => request.startsWith('GET '))
      .reduce((sum, request) => sum + (sizes.get(request.slice(request.lastIndexOf('/') + 1)) ?? 0), 0);
    const decided = /"decidedBy": "([^"]+)"/.exec(result.output)?.[1];
    console.log(
      `published fingerprint, ${name} against registry, only noise: ${bytes} layer bytes read, ${requests.length} requests, ` +
        `exit code ${result.code}, decided by ${decided}, ${Math.round(result.ms)} ms, ${(await readdir(cache).catch(() => [])).length} layers cached`,
    );
  }
}

/** Publishes as the plugin does, and gives the size of each layer in the registry by digest. */
async function publish(engineName: string, target: string): Promise<Map<string, number>> {
  const client = createRegistryClient();
  const set = await openImages(`daemon://${engineName}`);
  try {
    const image = await first(set);
    const annotations = await fingerprintAnnotations(image, createPolicy());
    const [name = '', tag] = target.split(/:(?=[^:/]+$)/);
    await publishImage(image, client.repository(name), { tag, annotations });
    const stored = await openImages(`remote://${target}`, { registryClient: client });
    const layers = (await first(stored)).layers ?? [];
    return new Map(layers.map(({ digest, size }) => [digest, size]));
  } finally {
    await set.close();
    await client.close();
  }
}

async function first(set: Awaited<ReturnType<typeof openImages>>): Promise<Image> {
  const [platform] = await set.readPlatforms();
  if (platform === undefined) throw new Error(`${set.name} has no platform`);
  return set.open(platform);
}
