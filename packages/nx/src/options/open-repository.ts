import { join } from 'node:path';
import type { RegistryClient, Repository } from '@image-versions/oci';
import { type Container, layoutsFolder } from './container-options.js';

let client: Promise<RegistryClient> | undefined;

/** The client of this process for all registries, made when first used. */
export function registryClient(): Promise<RegistryClient> {
  client ??= import('@image-versions/oci').then((oci) => oci.createRegistryClient());
  return client;
}

/** Opens the repository that an image is published to: in its registry, or the layout that stands in for one. */
export async function openImageRepository(
  workspaceRoot: string,
  container: Pick<Container, 'registry' | 'name' | 'image'>,
): Promise<Repository> {
  if (container.registry !== undefined) return (await registryClient()).repository(container.image);
  const { openOciLayout } = await import('@image-versions/oci');
  return openOciLayout(join(workspaceRoot, layoutsFolder, container.name), { name: container.image });
}
