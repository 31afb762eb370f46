import type { Digest, Image, KnownLayer, Repository } from '@image-versions/oci';
import type { BuiltImage } from '../../build/builder.js';
import { registryClient } from '../../options/open-repository.js';

/**
 * Layers of one platform of the built image that a registry has compressed already, by diffId: those of the version that it stands at, and those
 * of its bases where they come from the same registry. Only saves work: what can't be read is left out.
 */
export async function knownLayers(
  { config }: Image,
  { bases }: Pick<BuiltImage, 'bases'>,
  repository: Repository,
  standing: string | undefined,
): Promise<Map<Digest, KnownLayer>> {
  const oci = await import('@image-versions/oci');
  const known = new Map<Digest, KnownLayer>();
  const add = async (from: Repository, reference: string) => {
    try {
      const images = await oci.openRepositoryImages(from, reference);
      const image = await images.open(config.platform);
      for (const [index, diffId] of image.config.diffIds.entries()) {
        const descriptor = image.layers?.[index];
        if (descriptor) known.set(diffId, { descriptor, ...(from === repository ? {} : { from: from.name }) });
      }
    } catch (error) {
      if (!oci.isOciError(error)) throw error;
    }
  };
  const host = repository.name.split('/')[0];
  for (const [reference, digest] of Object.entries(bases)) {
    if (!digest.startsWith('sha256:')) continue;
    const base = oci.parseImageReference(reference);
    if (base.registry === host) await add((await registryClient()).repository(`${host}/${base.repository}`), digest);
  }
  if (standing !== undefined) await add(repository, standing);
  return known;
}
