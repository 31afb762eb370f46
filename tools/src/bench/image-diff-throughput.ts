/** What the pipeline makes of a layer beside gunzip and sha256, which any checked read of it needs. */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createPolicy, openLayerStore } from '@image-versions/diff';
import { createRegistryClient, type Digest, openImages } from '@image-versions/oci';
import type { BenchImages } from './image-diff-images.js';
import { compareSides, formatRatio, type Side } from './ratio.js';

/** Both sides read the image's layers one by one from the registry. */
export async function measureThroughput(images: BenchImages, rounds: number): Promise<void> {
  const client = createRegistryClient();
  try {
    const set = await openImages(`remote://${images.registry.first}`, { registryClient: client });
    const [platform = { os: 'linux', architecture: 'amd64' }] = await set.readPlatforms();
    const image = await set.open(platform);
    const repository = client.repository(images.registry.first.replace(/:[^:/]+$/, ''));
    const layers = image.layers ?? [];
    const sides: [Side, Side] = [
      {
        name: 'pipeline',
        async run() {
          const store = openLayerStore(createPolicy(), {});
          for (const diffId of image.config.diffIds) await store.read(image, [diffId as Digest]);
        },
      },
      {
        name: 'gunzip+sha256 alone',
        async run() {
          for (const layer of layers) {
            const hash = createHash('sha256');
            await pipeline(await repository.fetchBlob(layer), createGunzip({ chunkSize: 65536 }), async (chunks) => {
              for await (const chunk of chunks) hash.update(chunk as Buffer);
            });
            hash.digest();
          }
        },
      },
    ];
    const ratio = await compareSides(sides, rounds);
    const rates = ratio.medianMs.map((ms) => Math.round((images.megabytes * 1000) / ms));
    console.log(`${formatRatio('throughput', sides, ratio)}; ${rates[0]} MB/s against ${rates[1]} MB/s`);
  } finally {
    await client.close();
  }
}
