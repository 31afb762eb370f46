import type { ImageSet } from '../model/image.js';
import type { RequestOptions } from '../model/repository.js';
import { formatImageReference, type ImageReference } from '../reference/image-reference.js';
import type { RegistryClient } from '../registry/client.js';
import { openRepositoryImages } from './repository-images.js';

/** Opens an image of a registry, by its digest where the name has one. Nothing but manifest and config is read yet. */
export async function openRegistryImages(
  client: RegistryClient,
  reference: ImageReference,
  options: RequestOptions = {},
): Promise<ImageSet> {
  const repository = client.repository(`${reference.registry}/${reference.repository}`);
  const name = `remote://${formatImageReference(reference)}`;
  return openRepositoryImages(repository, reference.digest ?? reference.tag ?? 'latest', { ...options, name });
}
