import type { Descriptor, Digest } from '../content/descriptor.js';
import { OciError } from '../errors.js';
import { parseIndex } from '../model/manifest.js';
import type { Repository, RequestOptions, StoredImages } from '../model/repository.js';
import { copyManifest, indexOf } from './publish-index.js';

/**
 * Makes one index of images that were built apart, such as one for each platform on a machine of its own. Puts `tag` on it, if there is
 * one, and gives its digest. Manifests, attestations among them, are copied byte for byte. Error `invalid` for images that are not
 * stored as blobs.
 */
export async function joinImages(
  parts: readonly StoredImages[],
  repository: Repository,
  tag: string | undefined,
  { signal }: RequestOptions = {},
): Promise<Digest> {
  const entries: Descriptor[] = [];
  for (const part of parts) {
    const { name, source, digest, isIndex } = part;
    if (source === undefined || digest === undefined) {
      throw new OciError('invalid', `${name}: expected an image with its manifest, to be put into an index`);
    }
    const { bytes, descriptor } = await source.fetchManifest(digest, { signal });
    const { mediaType, size } = descriptor;
    const [platform] = await part.readPlatforms({ signal });
    const own = isIndex
      ? parseIndex(bytes, mediaType, name).manifests
      : [{ mediaType, digest, size, ...(platform && { platform }) }];
    for (const entry of own) await copyManifest(source, repository, entry.digest, { signal });
    entries.push(...own);
  }
  // Attestations after what they are about, as they are in an index that was built at once.
  const isAttestation = (entry: Descriptor): boolean => entry.platform?.os === 'unknown';
  const index = indexOf([...entries.filter((e) => !isAttestation(e)), ...entries.filter(isAttestation)], {});
  await repository.pushManifest(index, tag, { signal });
  return index.descriptor.digest;
}
